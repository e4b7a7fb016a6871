"""Where the log goes: standard error, one line each, for journald or a terminal.

What is logged names kinds, ids and places in the code; never words of members or addresses.
"""

import logging


def configure(level: str) -> None:
    """Send the log of this process to standard error from this level up."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    # Others' chatter below a warning tells an administrator nothing.
    for name in ("alembic", "engineio", "socketio", "urllib3", "werkzeug"):
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
