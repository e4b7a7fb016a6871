"""Members: accounts, signing in, profiles, pseudonyms, organisations and themes."""
