"""Moreel beraad: a structured conversation on a moral dilemma, and the report of it."""
