"""A practice on paper: one or two pages, so that it is taken along and read."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import render_template

from cop.platform import pdf
from cop.platform.markup import opening
from cop.practices.queries import Page

PAGES = 2
ON_PAPER = 6000  # characters of text on so many pages, with their headings and lists
# From roomy to close; then long parts are shortened, and the sheet says where all of it stands.
WAYS: tuple[tuple[str, int | None], ...] = (
    ("", None),
    ("close", None),
    ("close", 900),
    ("close", 600),
    ("close", 400),
)


def make(page: Page, more: Mapping[str, Any]) -> bytes:
    """The PDF of a practice on at most two pages, in the reader's language.

    Args:
        more: what the sheet shows beside the practice.
    """
    return pdf.make_within(PAGES, _sheets(page, more), "practice-paper.css")


def _sheets(page: Page, more: Mapping[str, Any]) -> Iterator[str]:
    for dress, most in WAYS:
        shown = parts(page, most)
        yield render_template("practices/paper.html", page=page, parts=shown, dress=dress, **more)


def parts_for_print(page: Page) -> list[tuple[str, str, str]]:
    """The same for a browser's own print, where nothing is measured: as long as two pages hold."""
    shown: list[tuple[str, str, str]] = []
    for _dress, most in WAYS:
        shown = parts(page, most)
        if sum(len(beginning or opening(html, ON_PAPER)) for _label, html, beginning in shown) <= (
            ON_PAPER
        ):
            break
    return shown


def parts(page: Page, most: int | None) -> list[tuple[str, str, str]]:
    """(label, HTML, '') of each part; those longer than `most` as (label, '', beginning)."""
    made = []
    for section in page.filled:
        short = opening(section.html, most) if most is not None else ""
        cut = short.endswith(" …")
        made.append((section.label, "" if cut else section.html, short if cut else ""))
    return made
