"""What the tests of sessions share."""

from tests.gatherings.conftest import mails, set_clock

__all__ = ["mails", "set_clock"]
