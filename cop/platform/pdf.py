"""Pages as a PDF: tagged, so that it can be listened to, with nothing fetched from elsewhere.

WeasyPrint draws it, with the system library Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0
libharfbuzz-subset0). Where that is missing everything else works, and the page says so. The file
is made in memory and never kept.
"""

import logging
from collections.abc import Iterable
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cop.platform.web import TOP

log = logging.getLogger("cop.pdf")
_STYLES = TOP / "static" / "css"
_FONTS = TOP / "static" / "vendor" / "atkinson-hyperlegible-next-5.3.0"


@cache
def available() -> bool:
    """Whether this machine can make one; looked at once, when it is first asked."""
    try:
        import weasyprint  # noqa: F401  # loads Pango, or says that it is not there
    except (ImportError, OSError) as error:
        log.warning("no PDF can be made on this machine: %s", type(error).__name__)
        return False
    return True


def make(html: str, *stylesheets: str) -> bytes:
    """The PDF of a rendered page.

    Args:
        html: a whole document; what it names is not fetched, pictures come as `data:` addresses.
        stylesheets: their files in `static/css`, beside `paper.css`, which all paper has.
    """
    return make_within(None, [html], *stylesheets)


def make_within(most: int | None, ways: Iterable[str], *stylesheets: str) -> bytes:
    """The PDF of the first of several ways to say it that fits, else of the last.

    Args:
        most: how many pages it may take; None for as many as it needs.
        ways: whole documents, the fullest first; one that is not needed is not asked for.
    """
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    fonts, fetcher = FontConfiguration(), _fetcher()
    style = CSS(
        string="".join((_STYLES / name).read_text() for name in ("paper.css", *stylesheets)),
        url_fetcher=fetcher,
        base_url=_FONTS.as_uri() + "/",
        font_config=fonts,
    )
    variant = {"pdf_variant": "pdf/ua-1"}
    for html in ways:
        page = HTML(string=html, url_fetcher=fetcher)
        drawn = page.render(stylesheets=[style], font_config=fonts, **variant)
        if most is None or len(drawn.pages) <= most:
            break
    made: bytes = drawn.write_pdf(**variant)
    return made


def _fetcher() -> Any:
    """Gives the one font that paper needs, and pictures that stand in the page itself (`data:`)."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OnlyOurFont(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:image/"):
                return super().fetch(url, headers)
            file = _FONTS / urlsplit(url).path.rsplit("/", 1)[-1]
            if url != file.as_uri() or file.suffix != ".woff2" or not file.is_file():
                raise ValueError("not fetched")
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": "font/woff2"})

    return OnlyOurFont()
