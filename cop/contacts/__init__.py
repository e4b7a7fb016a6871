"""Members reach each other by consent: requests, private conversations, blocking."""
