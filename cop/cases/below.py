"""The quiet check of what is said below a case: there, a name may be of whoever it is about.

In ordinary talk one name is nobody's concern. Below a case somebody may recognise a person and
write it down, so whoever writes is asked about every name, number and address, but for the names
that stand in the case and those of members.
"""

from cop.cases.own_words import words_of
from cop.deidentify import Label, Reason, find
from cop.members.named import named
from cop.textcheck.checks import Concern, Known, Purpose

_TELLING = (Label.PERSON, Label.CONTACT, Label.ID)
_WHERE = (Reason.STREET, Reason.POSTCODE)


def names_somebody(text: str, purpose: Purpose, known: Known) -> list[Concern]:
    """A check for `checks.register`."""
    if purpose is not Purpose.CASE:
        return []
    spans = [s for s in find(text) if s.label in _TELLING or s.reason in _WHERE]
    people = {text[s.start : s.end] for s in spans if s.label is Label.PERSON}
    names = [words_of(name) for name in (*known(), *named(people))] if people else []
    return [
        Concern(s.start, s.end, s.label.lower())
        for s in spans
        if s.label is not Label.PERSON
        or not any(words_of(text[s.start : s.end]) <= name for name in names)
    ]
