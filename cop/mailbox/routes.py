"""`/postbus`: what would have been mailed, while no mail server is set.

Whoever reads these mails can sign in as anybody, so the pages exist outside production only, only
while nothing is really sent, and only for a browser on this very machine.
"""

import re
import secrets

from flask import Blueprint, render_template
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound
from cop.platform.loopback import is_from_here
from cop.platform.mail import engine
from cop.platform.mail.message import Message
from cop.platform.mail.models import OutgoingMail
from cop.platform.markup import plain_to_html
from cop.platform.web import settings

SHOWN = 100  # newest first

# Nothing runs in the mail's own HTML and nothing is loaded; it stands in a frame of our own page.
_MAIL_POLICY = "sandbox; default-src 'none'; style-src 'nonce-{nonce}'; frame-ancestors 'self'"
_STYLED = re.compile(
    r'(?P<tag><[a-z]\w*)(?: class="(?P<class>[^"]*)")?'
    r'(?P<others>(?: (?!class=)[a-z-]+="[^"]*")*?) style="(?P<style>[^"]*)"'
)
_SHEET = re.compile(r"<style>")
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
    found = db.session().scalars(
        select(OutgoingMail)
        .where(or_(OutgoingMail.kind.is_(None), OutgoingMail.content_id.is_not(None)))
        .order_by(OutgoingMail.id.desc())
        .limit(SHOWN)
    )
    shown = [(mail, engine.preview(db.session(), mail, clock.now())) for mail in found]
    return render_template("mailbox/mails.html", mails=[(m, says) for m, says in shown if says])


@blueprint.get("/<int:mail_id>")
def mail(mail_id: int) -> Response:
    says = _message(mail_id)
    page = Response(
        render_template(
            "mailbox/mail.html", mail_id=mail_id, mail=says, text=plain_to_html(says.text)
        ),
        mimetype="text/html",
    )
    page.headers["Content-Security-Policy"] = _PAGE_POLICY
    return page


@blueprint.get("/<int:mail_id>/html")
def mail_html(mail_id: int) -> Response:
    """The HTML part alone, for the frame."""
    nonce = secrets.token_urlsafe(16)
    page = Response(_with_style_sheet(_message(mail_id).html, nonce), mimetype="text/html")
    page.headers["Content-Security-Policy"] = _MAIL_POLICY.format(nonce=nonce)
    return page


def _with_style_sheet(html: str, nonce: str) -> str:
    """The mail with the styles of its elements in one sheet, which a strict policy can name."""
    styles: dict[str, str] = {}

    def as_class(match: re.Match[str]) -> str:
        name = styles.setdefault(match["style"], f"s{len(styles)}")
        classes = f"{match['class']} {name}" if match["class"] else name
        return f'{match["tag"]} class="{classes}"{match["others"]}'

    body = _STYLED.sub(as_class, html)
    # Before the mail's own sheet, which then has the last word as it has over a style attribute.
    sheet = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    body = _SHEET.sub(f'<style nonce="{nonce}">', body)
    return body.replace("<style", f'<style nonce="{nonce}">{sheet}</style><style', 1)


def _message(mail_id: int) -> Message:
    """The mail as its recipient would get it."""
    session = db.session()
    found = session.get(OutgoingMail, mail_id)
    says = engine.preview(session, found, clock.now()) if found is not None else None
    if says is None:
        raise NotFound
    return says
