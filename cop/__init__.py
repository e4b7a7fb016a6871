"""A platform on which a community of learners in Dutch addiction care works together.

`create_app` is loaded when it is asked for: `cop.deidentify` and the commands that need no
application start without Flask and the database.
"""

import gc
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cop.application import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    if name == "create_app":
        return _loaded()
    raise AttributeError(name)


def _loaded() -> Any:
    """The application factory, with all that it stands on.

    What is loaded stays for as long as the process lives. Looking through it for what can be thrown
    away would be a fifth of a start, and again of each full collection after it.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        from cop.application import create_app
    finally:
        if collects:
            gc.enable()
    globals()["create_app"] = create_app
    gc.freeze()
    return create_app
