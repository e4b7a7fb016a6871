"""Intervisie: what a session of peer consultation has of its own: a theme, a queue of cases."""
