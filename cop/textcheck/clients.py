"""The quiet check: does a text that others will read look like data of a client?

What is found is shown to the author alone and kept nowhere. Talk between members is left alone:
their own names, institutions where they work and public places are no concern.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TypeAlias

from cop.deidentify import Label, Reason, Span, language, quick_check
from cop.textcheck.checks import Concern, Known, Purpose

Named: TypeAlias = Callable[[Collection[str]], Collection[str]]
# In another language than Dutch, what is merely not a known word says little: products, places and
# peoples have capitals too. What has a form or a title of its own still counts.
_SURE = {Reason.TITLE, Reason.RELATION, Reason.INITIALS}


@dataclass
class _Members:
    named: Named | None = None


_members = _Members()


def members_by(ask: Named) -> Named:
    """Register what knows which of some full names are members' own names."""
    _members.named = ask
    return ask


def looks_like_a_client(text: str, _purpose: Purpose, known: Known) -> list[Concern]:
    """A check for `checks.register`: the places that make a text look like data of a client.

    A first look asks nobody anything; only when it would speak up, the names of those who take
    part and of members whom the text names in full are asked for.
    """
    spans = _look(text, ())
    if not spans:
        return []
    members = set(known())
    full = {text[s.start : s.end] for s in spans if s.label is Label.PERSON}
    full = {name for name in full if " " in name}
    if full and _members.named is not None:
        members.update(_members.named(full))
    if members:
        spans = _look(text, members)
    return [Concern(s.start, s.end, s.label.lower()) for s in spans]


def _look(text: str, members: Collection[str]) -> list[Span]:
    spans = quick_check(text, members)
    if spans and language(text) != "nl" and not any(map(_tells, spans)):
        return []
    return spans


def _tells(span: Span) -> bool:
    number = span.label is Label.ID and span.reason is not Reason.CODE
    return number or span.label is Label.AGE or span.reason in _SURE
