"""What all pages share: settings of Flask, addresses of static files, errors, form protection."""

import hashlib
import logging
from collections.abc import MutableMapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

from flask import Flask, Response, current_app, g, render_template, request
from flask.templating import Environment
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError, CSRFProtect
from gevent.monkey import is_module_patched
from markupsafe import Markup
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as BaseResponse

from cop.config import Settings
from cop.platform import clock, form_messages, i18n, sent_forms, typed
from cop.platform.db import SAFE_METHODS, db, is_away
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.numbers import LARGEST_ID
from cop.platform.storage import MOST_AT_ONCE

TOP = Path(__file__).resolve().parent.parent.parent
MOST_TYPED = 4 * 1024 * 1024  # bytes of one form, files apart
MOST_FIELDS = 1000  # in one form; the longest of ours has some hundreds
YEAR_SECONDS = 365 * 24 * 3600

csrf = CSRFProtect()
log = logging.getLogger("cop.web")


class Site(Flask):
    """Flask, of which errors write no address and no values in the log."""

    def handle_user_exception(self, e: Exception) -> HTTPException | ResponseReturnValue:
        g.failed = True
        return super().handle_user_exception(e)

    def handle_exception(self, e: Exception) -> Response:
        g.failed = True
        return super().handle_exception(e)

    def log_exception(self, exc_info: Any) -> None:
        if exc_info[1] is not None:
            _log(exc_info[1])


def failed() -> bool:
    """An error page is being made: whatever surrounds it does without what cannot be read."""
    return bool(g.get("failed"))


class _Id(IntegerConverter):
    """`<int:…>` in an address: a number that a row can have. Larger ones are not found."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def whole(name: str, default: int | None = None) -> int | None:
    """A whole number from the query ('?vanaf=31') that fits a database; else the default."""
    value = request.args.get(name, type=int)
    return value if value is not None and -LARGEST_ID <= value <= LARGEST_ID else default


def sent_json() -> dict[str, Any]:
    """The object that a script of ours sent as JSON.

    Raises:
        Refused: it is anything else, or nested so deep that reading it fails.
    """
    try:
        fields = request.get_json(silent=True)
    except RecursionError:
        fields = None
    if not isinstance(fields, dict):
        raise Refused(_("Part of what was sent could not be read."))
    return fields


def asked_here() -> bool:
    """A page of this site led here, as the browser says: no link or picture elsewhere did.

    What a GET counts it counts of such alone. A browser that says nothing counts for nothing.
    """
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings; cookies carry the `__Host-` prefix wherever the site is https."""
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        TESTING=settings.env == "test",
        # As many files as a form takes, each as large as it may be: whoever keeps to what the page
        # says gets an answer with their words in it.
        MAX_CONTENT_LENGTH=settings.max_upload_bytes * MOST_AT_ONCE + MOST_TYPED,
        MAX_FORM_MEMORY_SIZE=MOST_TYPED,
        MAX_FORM_PARTS=200,
        SESSION_COOKIE_NAME="__Host-cop" if settings.https else "cop",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=60 * 24 * 3600,
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over a weekend still works
        WTF_CSRF_SSL_STRICT=False,  # the origin is held by SameSite and the token
        TEMPLATES_AUTO_RELOAD=settings.env == "development",
        SEND_FILE_MAX_AGE_DEFAULT=YEAR_SECONDS,
    )
    app.url_map.converters["int"] = _Id
    app.jinja_environment = Templates  # before the first look at `jinja_env`
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.proxies:
        n = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]  # how Flask says to wrap it


class Templates(Environment):
    """Flask's templates, whose globals are looked up as quickly as their other names.

    Jinja lays a ChainMap over the globals for every template; each import and include of a page
    walks through it in Python.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        if d:
            return super().make_globals(d)
        return cast("MutableMapping[str, Any]", MappingProxyType(self.globals))


def init_app(app: Flask) -> None:
    app.before_request(_refuse_many_fields)  # before anything takes the form apart
    app.before_request(_refuse_bad_bytes)  # before anything reads the form
    csrf.init_app(app)
    form_messages.init_app()
    app.jinja_env.globals.update(
        asset=asset,
        svg_icon=icon,
        lang=i18n.language,
        format_date=i18n.format_date,
        format_number=i18n.format_number,
        format_time=i18n.format_time,
        format_moment=i18n.format_moment,
        format_size=i18n.format_size,
        upload_mb=app.config["SETTINGS"].max_upload_bytes // 1024**2,
        format_ago=lambda moment: i18n.format_ago(moment, clock.now()),
    )
    # A form's error is a text, translated now or when shown; errors of fields in fields are not.
    app.jinja_env.tests["text"] = lambda value: isinstance(value, str | LazyString)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(DataError, _not_storable)
    app.register_error_handler(OverflowError, _not_storable)  # of SQLite's driver
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(IntegrityError, _conflict)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(Exception, _crash)


def settings() -> Settings:
    """The running application's settings."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def asset(path: str) -> str:
    """The address of a static file, with a mark of its contents so that it may be kept a year."""
    return _kept_asset.__wrapped__(path) if current_app.debug else _kept_asset(path)


@cache
def _kept_asset(path: str) -> str:
    mark = hashlib.sha256((TOP / "static" / path).read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={mark}"


def icon(name: str, label: object = None) -> Markup:
    """An icon of the sprite: decoration, or with a label for those who listen."""
    return _icon(asset("icons.svg"), name, None if label is None else str(label))


@lru_cache(maxsize=1000)
def _icon(sprite: str, name: str, label: str | None) -> Markup:
    said = Markup('aria-hidden="true"')
    if label:
        said = Markup('role="img" aria-label="{}"').format(label)
    drawn = Markup('<svg class="icon" {}><use href="{}#{}"></use></svg>')
    return drawn.format(said, sprite, name)


def async_mode() -> str:
    """How sockets are served: gevent under gunicorn's gevent worker, else threads."""
    return "gevent" if is_module_patched("socket") else "threading"


def safe_path(target: str | None, default: str = "/") -> str:
    """The path to go on to if it is one of this site, never another host; else the default."""
    if (
        target
        and target.startswith("/")
        and not target.startswith("//")
        and "\\" not in target
        and target.isprintable()
    ):
        return target
    return default


def _refuse_many_fields() -> BaseResponse | None:
    """Hundreds of thousands of fields fit in one form; taking them apart would take all our time.

    Forms of several parts are held by MAX_FORM_PARTS.
    """
    if request.mimetype != typed.URL_ENCODED:
        return None
    most = current_app.config["MAX_FORM_MEMORY_SIZE"]
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
    if request.get_data(cache=True, parse_form_data=False).count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge
    return None


def _refuse_bad_bytes() -> BaseResponse | None:
    """Text that is not UTF-8, or holds NUL, is refused before any view sees it."""
    if request.mimetype == typed.URL_ENCODED:
        # Werkzeug would leave such bytes standing as '%FF', as if somebody had typed that.
        try:
            unquote_to_bytes(request.get_data(cache=True)).decode()
        except UnicodeDecodeError:
            return error_page(400, _("Part of the text could not be read. Type it again, please."))
    values = list(request.args.values())
    if request.mimetype in (typed.URL_ENCODED, "multipart/form-data"):
        values += list(request.form.values())
    if any("\x00" in value or "\ufffd" in value for value in values):
        return error_page(
            400, _("Part of the text could not be read (the places with �). Change them, please.")
        )
    return None


def error_page(status: int, text: str, title: str | None = None) -> BaseResponse:
    """A page that says in one sentence what is the matter, and what was typed, if anything."""
    kept = []
    if request.method == "POST" and status in (400, 404, 409, 410, 422, 429, 500, 503):
        kept = typed.kept(request)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return current_app.make_response(({"error": text}, status))
    body = render_template("error.html", status=status, text=text, title=title, kept=kept)
    return current_app.make_response((body, status))


def _not_found(_error: NotFound) -> BaseResponse:
    return sent_forms.led_before() or error_page(
        404, _("This page does not exist, or it is not for you to see.")
    )


def _not_storable(error: Exception) -> BaseResponse:
    """A number or text that the database cannot hold, say in an address: nothing has it."""
    db.session.rollback()
    if request.method in SAFE_METHODS:
        return _not_found(NotFound())
    log.warning("%s at %s", type(error).__name__, request.endpoint)
    return error_page(400, _("Part of what was sent could not be read."))


def _refused(error: Refused) -> BaseResponse:
    return error_page(422, error.message)


def _csrf(_error: CSRFError) -> BaseResponse:
    return error_page(400, _("This form was open for too long. Send it once more, please."))


def _conflict(error: IntegrityError) -> BaseResponse:
    db.session.rollback()
    log.warning("conflict at %s: %s", request.endpoint, type(error.orig).__name__)
    return error_page(409, _("Somebody else just did the same. Look at the page again, please."))


def _busy(error: OperationalError) -> BaseResponse:
    if not is_away(error):
        return _crash(error)
    db.session.rollback()
    log.warning("database at %s: %s", request.endpoint, type(error.orig).__name__)
    return error_page(503, _("The site is very busy. Try again in a moment, please."))


def _http_error(error: HTTPException) -> BaseResponse | HTTPException:
    texts = {
        400: _("Part of what was sent could not be read."),
        401: _("Sign in to see this page."),
        403: _("This page does not exist, or it is not for you to see."),
        404: _("This page does not exist, or it is not for you to see."),
        405: _("This address does not work this way. Go back and try again, please."),
        413: _("What you sent is too large."),
        429: _("This was tried too often. Wait a few minutes, please."),
    }
    if error.code is None or error.code < 400:
        return error
    return error_page(error.code, texts.get(error.code, _("Something went wrong.")))


def _log(error: BaseException) -> None:
    """The exception's type and place, never its values: they may be confidential."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    log.error("%s at %s (%s)", type(error).__name__, where, request.endpoint)


def _crash(error: Exception) -> BaseResponse:
    _log(error)
    db.session.rollback()
    if current_app.testing:
        raise error
    return error_page(500, _("Something went wrong here. Try again in a moment, please."))


def is_https(url: str) -> bool:
    """A whole address that begins with https://, in one line and without blanks."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and url.isprintable() and " " not in url
