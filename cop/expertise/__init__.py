"""Kenniskaart: who knows about what, never the knowledge itself."""
