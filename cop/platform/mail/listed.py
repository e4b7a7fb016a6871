"""Headers by which mail programs and servers know a mail of a list (RFC 2369, 2919, 8058)."""

import re

from flask import current_app
from jinja2 import Template

from cop.config import Settings
from cop.platform.mail.letters import AUTOMATIC, mail_host

ONE_CLICK = "List-Unsubscribe=One-Click"  # RFC 8058 3.1, the value of a header and of a body
_UNSAFE = re.compile(r'[^\x20-\x7e]|["\\<>]')


def list_id(settings: Settings, label: str, words: str = "") -> str:
    """A List-Id: what the list is called, and a name that never changes.

    Args:
        label: lower-case letters, digits and hyphens.
        words: left out when they need more than ASCII; programs show the label then.
    """
    named = f'"{words}" ' if words and not _UNSAFE.search(words) else ""
    return f"{named}<{label}.{mail_host(settings)}>"


def headers(
    *, list_id: str, unsubscribe_url: str, unsubscribe_mail: str = "", **others: str
) -> dict[str, str]:
    """What every mail of a list carries.

    Args:
        unsubscribe_url: acts on a POST without anything else (RFC 8058).
        others: 'post', 'help' …: further List- headers, as they shall stand.
    """
    ways = [f"<{unsubscribe_url}>"] + ([f"<mailto:{unsubscribe_mail}>"] if unsubscribe_mail else [])
    return {
        "List-Id": list_id,
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": ONE_CLICK,
        **{f"List-{name.title()}": value for name, value in others.items() if value},
        "Precedence": "list",
        **AUTOMATIC,
    }


def template(name: str) -> Template:
    """A mail's template. Not by render_template: a page's context processors ask who is signed
    in, and a mail is written for somebody else."""
    return current_app.jinja_env.get_template(name)
