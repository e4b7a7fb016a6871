"""Best practices: ways of working, described so that others can use them."""
