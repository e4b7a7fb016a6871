"""Surnames with a particle behind what somebody does, where no capital shows them:
'huisarts de wolf belde', 'mentor van der veen'."""

from __future__ import annotations

from collections.abc import Iterator

from .casing import uncased
from .document import Document
from .lexicon import Flag
from .spans import Label, Reason, Span

_WORK = (
    "huisarts|ha|psychiater|arts|dokter|tandarts|internist|neuroloog|apotheker|notaris|advocaat|"
    "mentor|bewindvoerder|bewindv|curator|voogd|gezinsvoogd|psycholoog|casemanager|behandelaar|"
    "regiebehandelaar|begeleider|coach|wijkagent|agent|rechercheur|officier|reclasseerder|"
    "dominee|pastoor|imam|meester|juf|directeur|rector|buurman|buurvrouw|verwijzer|praktijkondersteuner|"
    "poh|spv|cm|rb|pb|wmo-consulent|consulent|teamleider|manager|baas|werkgever"
)
_NAME = uncased(
    rf"(?<![\w-])(?P<cue>{_WORK})\s(?P<name>(?:van de|van der|van den|van 't|v\.?d\.?|de|den|der|"
    r"ter|ten|el|al)\s(?P<core>[^\W\d_]{3,}))(?!\w|-)",
)


def find_names_low(doc: Document) -> Iterator[Span]:
    """Only where the word is a known surname: 'huisarts de pillen' says what was given."""
    for match in _NAME.finditer(doc.small):
        token = doc.tokens[doc.at(match.start("core"))]
        if token.plain and token.flags & Flag.LAST and not token.flags & (Flag.SAFE | Flag.NOTNAME):
            start, end = match.span("name")
            yield Span(start, end, Label.PERSON, 0.75, Reason.RELATION, match["cue"])
