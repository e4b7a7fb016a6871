"""`/postbus`: what would have been mailed, while no mail server is set.

Whoever reads these mails can sign in as anybody, so the pages exist outside production only, only
while nothing is really sent, and only for a browser on this very machine.
"""

import re
import secrets

from flask import Blueprint, render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from cop.platform.db import db
from cop.platform.errors import NotFound
from cop.platform.loopback import is_from_here
from cop.platform.mail.models import OutgoingMail
from cop.platform.markup import plain_to_html
from cop.platform.web import settings

SHOWN = 100  # newest first

# Nothing runs in the mail's own HTML and nothing is loaded; it stands in a frame of our own page.
_MAIL_POLICY = "sandbox; default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'self'"
_STYLE = re.compile(r' style="([^"]*)"')
# The page around it may frame this site and nothing else.
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

blueprint = Blueprint("mailbox", __name__, url_prefix="/postbus")


def is_there() -> bool:
    """Whether there is a mailbox for this request."""
    chosen = settings()
    return chosen.smtp is None and not chosen.production and is_from_here()


@blueprint.before_request
def only_here() -> None:
    if not is_there():
        raise NotFound


@blueprint.get("")
def mails() -> str:
    found = db.session().scalars(select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(SHOWN))
    return render_template("mailbox/mails.html", mails=found.all())


@blueprint.get("/<int:mail_id>")
def mail(mail_id: int) -> Response:
    found = _mail(mail_id)
    page = Response(
        render_template("mailbox/mail.html", mail=found, text=plain_to_html(found.text)),
        mimetype="text/html",
    )
    page.headers["Content-Security-Policy"] = _PAGE_POLICY
    return page


@blueprint.get("/<int:mail_id>/html")
def mail_html(mail_id: int) -> Response:
    """The HTML part alone, for the frame."""
    nonce = secrets.token_urlsafe(16)
    page = Response(_with_style_sheet(_mail(mail_id).html, nonce), mimetype="text/html")
    page.headers["Content-Security-Policy"] = _MAIL_POLICY.format(nonce=nonce)
    return page


def _with_style_sheet(html: str, nonce: str) -> str:
    """The mail with the styles of its elements in one sheet, which a strict policy can name."""
    styles: dict[str, str] = {}

    def as_class(match: re.Match[str]) -> str:
        return f' class="{styles.setdefault(match[1], f"s{len(styles)}")}"'

    body = _STYLE.sub(as_class, html)
    sheet = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    return body.replace("</head>", f'<style nonce="{nonce}">{sheet}</style></head>', 1)


def _mail(mail_id: int) -> OutgoingMail:
    found = db.session().get(OutgoingMail, mail_id)
    if found is None:
        raise NotFound
    return found
