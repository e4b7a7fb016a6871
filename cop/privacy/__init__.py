"""Everything of a member's own, to take along (GDPR, articles 15 and 20)."""
