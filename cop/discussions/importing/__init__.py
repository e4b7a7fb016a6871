"""Bringing in the archive of a mailing list: mbox files become discussions."""
