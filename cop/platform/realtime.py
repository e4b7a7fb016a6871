"""Another name of `cop.platform.live`."""

from cop.platform.live import LiveAudience, LiveEvent, audience, last_number, publish

__all__ = ["LiveAudience", "LiveEvent", "audience", "last_number", "publish"]
