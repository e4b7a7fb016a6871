"""A platform on which a community of learners in Dutch addiction care works together."""
