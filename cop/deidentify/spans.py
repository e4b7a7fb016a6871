"""What the finder returns: spans with a label, a confidence and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """What kind of identifier a span is; QUASI is the only indirect one."""

    PERSON = "PERSON"
    PLACE = "PLACE"
    ORG = "ORG"
    DATE = "DATE"
    AGE = "AGE"
    ID = "ID"
    CONTACT = "CONTACT"
    QUASI = "QUASI"


class Reason(StrEnum):
    """Why a span was marked. The caller words it in the reader's language, keyed by the value."""

    # PERSON
    TITLE = "title"
    RELATION = "relation"
    NAMED = "named"
    GREETING = "greeting"
    SIGNATURE = "signature"
    SPEAKER = "speaker"
    KNOWN_NAME = "known-name"
    UNKNOWN_NAME = "unknown-name"
    LIKE_NAME = "like-name"
    INITIALS = "initials"
    AGAIN = "again"
    # PLACE
    KNOWN_PLACE = "known-place"
    PLACE_CUE = "place-cue"
    LIKE_PLACE = "like-place"
    STREET = "street"
    POSTCODE = "postcode"
    # ORG
    KNOWN_ORG = "known-org"
    ORG_KIND = "org-kind"
    ORG_CUE = "org-cue"
    LIKE_ORG = "like-org"
    # DATE, AGE
    DATE = "date"
    HOLIDAY = "holiday"
    AGE = "age"
    # ID
    BSN = "bsn"
    IBAN = "iban"
    PLATE = "plate"
    NUMBER_CUE = "number-cue"
    CODE = "code"
    # CONTACT
    EMAIL = "email"
    PHONE = "phone"
    URL = "url"
    HANDLE = "handle"
    # QUASI
    ONLY_ONE = "only-one"
    NEWS = "news"
    RARE_OCCUPATION = "rare-occupation"
    RARE_ORIGIN = "rare-origin"
    PUBLIC_ROLE = "public-role"


_WORDS = {
    Reason.TITLE: "a name after a title ({cue})",
    Reason.RELATION: "a name after a word for a person ({cue})",
    Reason.NAMED: "introduced as a name ({cue})",
    Reason.GREETING: "a name in a greeting or farewell ({cue})",
    Reason.SIGNATURE: "a name under a message",
    Reason.SPEAKER: "the name of whoever is speaking",
    Reason.KNOWN_NAME: "a known name",
    Reason.UNKNOWN_NAME: "not a known word, and used like a name",
    Reason.LIKE_NAME: "looks like a name in this sentence ({cue})",
    Reason.INITIALS: "initials of a person",
    Reason.AGAIN: "the same person as elsewhere in the text ({cue})",
    Reason.KNOWN_PLACE: "a known place",
    Reason.PLACE_CUE: "used like the name of a place ({cue})",
    Reason.LIKE_PLACE: "looks like a place in this sentence ({cue})",
    Reason.STREET: "a street or address",
    Reason.POSTCODE: "a postcode",
    Reason.KNOWN_ORG: "a known institution or employer",
    Reason.ORG_KIND: "the name of an organisation ({cue})",
    Reason.ORG_CUE: "used like the name of an organisation ({cue})",
    Reason.LIKE_ORG: "looks like an organisation in this sentence ({cue})",
    Reason.DATE: "fixes a day or a month",
    Reason.HOLIDAY: "a day in the year that everybody knows",
    Reason.AGE: "an age",
    Reason.BSN: "a citizen service number",
    Reason.IBAN: "a bank account number",
    Reason.PLATE: "a licence plate",
    Reason.NUMBER_CUE: "a number of a person or file ({cue})",
    Reason.CODE: "looks like the number of a person or file",
    Reason.EMAIL: "an e-mail address",
    Reason.PHONE: "a telephone number",
    Reason.URL: "a web address",
    Reason.HANDLE: "a name used on line",
    Reason.ONLY_ONE: "there is only one, or hardly another ({cue})",
    Reason.NEWS: "was in the news or seen by many ({cue})",
    Reason.RARE_OCCUPATION: "an occupation that few people have ({cue})",
    Reason.RARE_ORIGIN: "an origin that few people here have ({cue})",
    Reason.PUBLIC_ROLE: "a role by which people know somebody ({cue})",
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of the text, in characters of the text as it was given: `text[start:end]`.

    `confidence` is between 0 and 1; `cue` is the word that gave it away, '' when there is none.
    """

    start: int
    end: int
    label: Label
    confidence: float
    reason: Reason
    cue: str = ""


def explain(span: Span) -> str:
    """Why a span was marked, in English. Callers translate by `span.reason` and `span.cue`."""
    words = _WORDS[span.reason]
    return words.format(cue=span.cue) if span.cue else words.replace(" ({cue})", "")
