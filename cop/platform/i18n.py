"""Languages, dates and times as people write them.

Source strings are English, Dutch is what a visitor gets unless they ask for English. The reader's
language and time zone are set once per request (`use`) or per message (`speaking`).
"""

import functools
import importlib.resources
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, LazyString, force_locale
from jinja2 import pass_context, pass_eval_context
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from markupsafe import Markup, escape

from cop.config import ConfigError

LANGUAGES = {"nl": "Nederlands", "en": "English"}
SOURCE_LANGUAGE = "en"
DEFAULT_LANGUAGE = "nl"
DEFAULT_ZONE = "Europe/Amsterdam"
_WHOLE = re.compile(r"%\((\w+)\)d")
_UNGROUPED = {"port"}  # a whole number that counts nothing
CATALOGUES = Path(__file__).parent.parent / "translations"


@functools.cache
def _catalogue(code: str) -> NullTranslations:
    """A language's texts, from its .po once per process (0.15 s); English is in the source.

    Nothing is compiled to a file: it could be older than its source, and where the code lies
    nobody need have the right to write.

    Raises:
        ConfigError: the file cannot be read.
    """
    if code == SOURCE_LANGUAGE:
        return NullTranslations()
    path = CATALOGUES / code / "LC_MESSAGES" / "messages.po"
    compiled = io.BytesIO()
    try:
        with open(path, "rb") as source:
            write_mo(compiled, read_po(source, locale=code))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from None
    compiled.seek(0)
    return Translations(compiled)


def gettext(source: str, **values: object) -> str:
    """The text in the reader's language, with `%(name)s` filled in."""
    found: str = _catalogue(language()).ugettext(source)
    return _filled(found, values) if values else found


def ngettext(one: str, many: str, number: int, **values: object) -> str:
    """The text for this number, which fills `%(num)s`."""
    found: str = _catalogue(language()).ungettext(one, many, number)
    return _filled(found, {"num": number} | values)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return _worded(text) % _grouped(values)


def _worded(text: str) -> str:
    """The text with its whole numbers filled in as words: '%(num)d' cannot hold '60.000'."""
    return _WHOLE.sub(r"%(\1)s", text) if ")d" in text else text


def _grouped(values: Mapping[str, object]) -> dict[str, object]:
    """The values, whole numbers with a mark between thousands as the language writes it."""
    return {
        name: format_number(value)
        if type(value) is int and abs(value) >= 1000 and name not in _UNGROUPED
        else value
        for name, value in values.items()
    }


def _grouping(fill: Callable[..., str]) -> Callable[..., str]:
    """A template's ngettext (its second value is the context) with such numbers."""

    @pass_context
    def filled(context: Context, one: str, many: str, number: int, /, **values: object) -> str:
        return fill(context, one, many, number, **_grouped({"num": number} | values))

    return filled


@pass_eval_context
def _in_template(within: EvalContext, source: str, /, **values: object) -> str:
    """A template's gettext: as Jinja's own, but a text without values is made once per language.

    A page asks for some hundred texts, and Jinja fills and marks each of them anew.
    """
    if not values:
        found = _whole(language(), source)
        return found if within.autoescape else str(found)
    text = _worded(_catalogue(language()).ugettext(source))
    if within.autoescape:
        text = Markup(text)  # noqa: S704  # our own words; what fills them is escaped
    return text % _grouped(values)


@functools.lru_cache(maxsize=10_000)
def _whole(code: str, source: str) -> Markup:
    return Markup(_worded(_catalogue(code).ugettext(source)) % {})  # noqa: S704  # our own words


class LazyText(LazyString):
    """A text that is found when it is shown; templates escape it as they do ordinary text.

    Flask-Babel's own says that it is HTML already, and a value in it would be written as such.
    """

    def __mod__(self, values: Any) -> str:
        return _filled(str(self), values)

    def __html__(self) -> Markup:
        return escape(str(self))


def lazy(source: str, **values: object) -> LazyText:
    """The text in the language of whoever reads it, found when it is shown."""
    return LazyText(gettext, source, **values)


_MONTHS = {
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}
_WEEKDAYS = {
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}
MONTHS = {language: names.split() for language, names in _MONTHS.items()}
WEEKDAYS = {language: names.split() for language, names in _WEEKDAYS.items()}


def init_app(app: Flask, reader: Callable[[], tuple[str | None, str | None]]) -> None:
    """Set up translations.

    Args:
        reader: gives the signed-in member's (language, time zone), either None when not chosen.

    Raises:
        ConfigError: a language's texts cannot be read.
    """
    for code in LANGUAGES:
        _catalogue(code)
    app.extensions["cop_reader"] = reader
    Babel(app, default_locale=DEFAULT_LANGUAGE, locale_selector=language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # Babel added it
        lambda text: _worded(_catalogue(language()).ugettext(text)),
        lambda one, many, number: _worded(_catalogue(language()).ungettext(one, many, number)),
        newstyle=True,
    )
    plural = cast("Callable[..., str]", app.jinja_env.globals["ngettext"])
    app.jinja_env.globals.update(
        {"_": _in_template, "gettext": _in_template, "ngettext": _grouping(plural)}
    )


def language() -> str:
    """'nl' or 'en': the member's choice, else the browser's, else Dutch."""
    try:
        found: str = g.language
    except (AttributeError, RuntimeError):  # not looked up yet; outside an application
        return _find_language()
    return found


def _find_language() -> str:
    if not has_app_context() or not has_request_context():
        return DEFAULT_LANGUAGE
    chosen, _zone = current_app.extensions["cop_reader"]()
    g.language = chosen or asked_language()
    found: str = g.language
    return found


def asked_language() -> str:
    """What a reader who chose none is written in: as this request's browser asks."""
    return _known(session.get("language")) or _asked_by_browser()


def _known(value: object) -> str | None:
    return value if isinstance(value, str) and value in LANGUAGES else None


def _asked_by_browser() -> str:
    """English only for a browser that asks for English and does not mention Dutch at all.

    Many Dutch people have a browser in English; it then lists Dutch as a further language.
    """
    asked = [code.split("-")[0].lower() for code, _quality in request.accept_languages]
    return "en" if "en" in asked and "nl" not in asked else DEFAULT_LANGUAGE


def zone() -> ZoneInfo:
    """The reader's time zone."""
    if not has_app_context():
        return _zone(DEFAULT_ZONE)
    if "zone" not in g:
        if not has_request_context():
            return _zone(DEFAULT_ZONE)
        _language, chosen = current_app.extensions["cop_reader"]()
        g.zone = _zone(chosen or DEFAULT_ZONE)
    found: ZoneInfo = g.zone
    return found


@functools.cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@functools.cache
def zones() -> list[str]:
    """IANA zones that a member can choose, Europe and the Caribbean Netherlands first.

    Those of the table of countries (zone.tab): one name each, no aliases of earlier days. Its rows
    are country, place and zone.
    """
    first = [DEFAULT_ZONE, "Europe/Brussels", "America/Curacao", "America/Paramaribo"]
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab")
    rows = table.read_text(encoding="utf-8").splitlines()
    named = {row.split("\t")[2] for row in rows if row and not row.startswith("#")}
    return first + sorted(named.difference(first))


@contextmanager
def speaking(code: str, zone_name: str) -> Iterator[None]:
    """Write for somebody else: inside, texts and times are in their language and zone."""
    with force_locale(code):
        before = {name: g.pop(name) for name in ("language", "zone") if name in g}
        g.language, g.zone = code, _zone(zone_name)
        try:
            yield
        finally:
            for name in ("language", "zone"):
                g.pop(name, None)
            for name, value in before.items():
                setattr(g, name, value)


def format_date(moment: datetime | date, with_year: bool = True) -> str:
    """'3 november 2026' or 'November 3, 2026' style, in the reader's zone."""
    day = moment.astimezone(zone()) if isinstance(moment, datetime) else moment
    month = MONTHS[language()][day.month - 1]
    return f"{day.day} {month} {day.year}" if with_year else f"{day.day} {month}"


def format_time(moment: datetime) -> str:
    """24 hours, '14.05' in Dutch and '14:05' in English."""
    local = moment.astimezone(zone())
    mark = "." if language() == "nl" else ":"
    return f"{local.hour}{mark}{local.minute:02d}"


def format_moment(moment: datetime) -> str:
    """'3 november 2026, 14.05'."""
    return f"{format_date(moment)}, {format_time(moment)}"


def format_ago(moment: datetime, now: datetime) -> str:
    """'zojuist', '12 minuten', '3 uur', else the date; never in the future."""
    seconds = max(0, int((now - moment).total_seconds()))
    if seconds < 60:
        return gettext("just now")
    if seconds < 3600:
        minutes = seconds // 60
        return ngettext("%(num)s minute ago", "%(num)s minutes ago", minutes)
    if seconds < 24 * 3600:
        return ngettext("%(num)s hour ago", "%(num)s hours ago", seconds // 3600)
    same_year = moment.astimezone(zone()).year == now.astimezone(zone()).year
    return format_date(moment, with_year=not same_year)


def moment_writer(now: datetime) -> Callable[[datetime], tuple[str, str]]:
    """For pages with many moments: a function that gives each as (words, ISO 8601).

    '20 november, 14.05', with the year when it is another one; in the reader's language and
    zone, which are looked up once.
    """
    reader, code = zone(), language()
    months = MONTHS[code]
    mark = "." if code == "nl" else ":"
    this_year = now.astimezone(reader).year

    def write(moment: datetime) -> tuple[str, str]:
        local = moment.astimezone(reader)
        year = "" if local.year == this_year else f" {local.year}"
        words = f"{local.day} {months[local.month - 1]}{year}, {local.hour}{mark}{local.minute:02d}"
        return words, local.isoformat(timespec="minutes")

    return write


def format_number(value: float, grouped: bool = True) -> str:
    """A number as its reader writes it: '1.012,5' or '1,012.5', six decimals at most.

    Args:
        grouped: with a mark between thousands; without it in a field, where it is changed.
    """
    pattern = "#,##0.######" if grouped else "0.######"
    return str(format_decimal(round(value, 6) + 0.0, pattern, locale=language()))


def format_size(size: int) -> str:
    """How large a file of so many bytes is: '12 kB', '3.4 MB' (with a comma in Dutch)."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{format_decimal(size / 1_000_000, '#,##0.0', locale=language())} MB"


def sort_key(name: str) -> str:
    """A key that sorts names alike on every database: no accents, no case, no punctuation."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c for c in plain if c.isalnum() or c == " ")
    return " ".join(kept.split())[:200]
