"""A platform on which a community of learners in Dutch addiction care works together.

`create_app` is loaded when it is asked for: `cop.deidentify` and the commands that need no
application start without Flask and the database.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cop.application import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        from cop.application import create_app

        return create_app
    raise AttributeError(name)
