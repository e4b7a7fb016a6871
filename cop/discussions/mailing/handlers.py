"""What the worker does for lists by mail; importing it registers everything."""

from cop.discussions.mailing import digest_part, single

__all__ = ["digest_part", "single"]
