"""Spaces for proeftuinen and networks, and the circles that say who a thing is for."""
