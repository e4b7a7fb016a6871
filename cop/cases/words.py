"""What cases are called on pages: states, choices, the checklist, reasons of findings."""

from cop.cases.models import (
    Basis,
    CaseState,
    ContributionKind,
    Protection,
    Purpose,
    Relation,
    Withdrawal,
)
from cop.deidentify import Label, Reason, Span
from cop.members.people import Person
from cop.platform.i18n import lazy as _l

STATES = {
    CaseState.DRAFT: _l("You are writing"),
    CaseState.WITH_READER: _l("With the second reader"),
    CaseState.APPROVED: _l("Approved: ready to share"),
    CaseState.SHARED: _l("Shared"),
    CaseState.CLOSED: _l("Closed"),
    CaseState.WITHDRAWN: _l("Withdrawn"),
}

SHAPE_LABELS = {
    "own": _l("In my own words"),
    "template": _l("With a few questions that help"),
}

PART_LABELS = {
    "title": _l("Title"),
    "text": _l("What happened?"),
    "situation": _l("The situation"),
    "done": _l("What was done"),
    "nags": _l("What nags"),
    "question": _l("Learning question"),
}

PART_HELP = {
    "title": _l("A few words, without a name. It is checked like the text."),
    "text": _l("Write as it comes. What points to a person is found afterwards."),
    "situation": _l("Who is it about, what is going on, what came before?"),
    "done": _l("What did you and others do, and what did that bring about?"),
    "nags": _l("What does not let go of you? What do you doubt?"),
    "question": _l("What do you want to learn from this yourself?"),
}

BASES = {
    Basis.SOMEBODY: _l("About somebody else (that person has to agree)"),
    Basis.COMPOSITE: _l("Made of several people"),
    Basis.INVENTED: _l("Invented"),
    Basis.OWN_STORY: _l("My own story, without my name"),
    Basis.OWN_NAME: _l("My own story, under my own name"),
}

_BASES_SHOWN = {
    Basis.SOMEBODY: _l("The person whom it is about agrees to this."),
    Basis.COMPOSITE: _l("This case is made of several people."),
    Basis.INVENTED: _l("This case is invented."),
    Basis.OWN_STORY: _l("This is somebody's own story."),
    Basis.OWN_NAME: _l("This is the author's own story."),
}
_NOBODY = _l("Nobody has to agree to this case.")


def basis_shown(basis: str, author: Person | None) -> str:
    """What readers see of whom it is about.

    Under the author's own name "somebody's own story" would say whose: there it reads as a case
    made of several people does.

    Args:
        author: as they stand above it.
    """
    named = author is None or not author.is_pseudonym
    if named and basis in (Basis.OWN_STORY, Basis.COMPOSITE):
        return str(_NOBODY)
    return str(_BASES_SHOWN[Basis(basis)])


NOBODY_AGREES = {
    Basis.COMPOSITE: _l(
        "It is made of several people, so that nobody is described by it as they are."
    ),
    Basis.INVENTED: _l("It is invented: none of this happened to somebody who exists."),
    Basis.OWN_STORY: _l("It is my own story; the others in it cannot be recognised."),
    Basis.OWN_NAME: _l(
        "It is my own story under my own name; the others in it cannot be recognised by those "
        "who know me either, as far as I can help it."
    ),
}

RELATIONS = {
    Relation.CLIENT: _l("client, patient or resident"),
    Relation.FORMER_CLIENT: _l("former client"),
    Relation.LOVED_ONE: _l("loved one of the client"),
    Relation.CHILD: _l("child of the client"),
    Relation.COLLEAGUE: _l("colleague"),
    Relation.OTHER: _l("somebody else in the case"),
}

PURPOSES = {
    Purpose.LEARNING: _l("to learn from together in this circle"),
    Purpose.PEER_CONSULTATION: _l("for peer consultation (intervisie)"),
    Purpose.TEACHING: _l("for teaching or training in this circle"),
}

PROTECTIONS = {
    Protection.ADULT: _l("An adult who decides alone"),
    Protection.MINOR: _l("Somebody under 18"),
    Protection.GUARDIANSHIP: _l("Somebody under guardianship (curatele or mentorschap)"),
}

KINDS = {
    ContributionKind.QUESTION: _l("Clarifying question"),
    ContributionKind.FEEDBACK: _l("Feedback"),
    ContributionKind.SUGGESTION: _l("Suggestion"),
    ContributionKind.DIRECTION: _l("Direction for a solution"),
}

WITHDRAWALS = {
    Withdrawal.AUTHOR: _l("You withdrew it."),
    Withdrawal.CONSENT: _l("Somebody whom it is about withdrew their consent."),
    Withdrawal.LEFT_BEHIND: _l("It was withdrawn since its author is gone."),
    Withdrawal.MODERATORS: _l("The moderators withdrew it after a report. They have not read it."),
}

# What no machine sees; all of it is gone through before a second reader is asked.
CHECKS = {
    "news": _l("Nothing in it was in the news, before a judge, or the talk of the town."),
    "together": _l(
        "The details together (work, family, illness, place, event) fit more than a few people."
    ),
    "voice": _l("Nobody is recognised by a saying, a habit, a tattoo, a dog or a car."),
    "colleagues": _l("Colleagues and neighbours of the person would not know who it is."),
    "themselves": _l("The person could read this without being hurt by how they are described."),
    "others": _l("The same holds for everybody else in it: family, colleagues, other clients."),
    "words": _l("It speaks of people first: “somebody with an addiction”, not “an addict”."),
    "needed": _l("What the learning question does not need is left out."),
}

LABELS = {
    Label.PERSON: _l("Name"),
    Label.PLACE: _l("Place"),
    Label.ORG: _l("Organisation"),
    Label.DATE: _l("Date"),
    Label.AGE: _l("Age"),
    Label.ID: _l("Number"),
    Label.CONTACT: _l("Contact"),
    Label.QUASI: _l("Recognisable together"),
}

# One shape for each kind, beside its colour.
SIGNS = {
    Label.PERSON: "●",
    Label.PLACE: "▲",
    Label.ORG: "■",
    Label.DATE: "◆",
    Label.AGE: "◐",
    Label.ID: "#",
    Label.CONTACT: "@",
    Label.QUASI: "?",
}

_REASONS = {
    Reason.TITLE: _l("a name after a title"),
    Reason.RELATION: _l("a name after a word for a person"),
    Reason.NAMED: _l("introduced as a name"),
    Reason.GREETING: _l("a name in a greeting or farewell"),
    Reason.SIGNATURE: _l("a name under a message"),
    Reason.SPEAKER: _l("the name of whoever is speaking"),
    Reason.KNOWN_NAME: _l("a known name"),
    Reason.UNKNOWN_NAME: _l("not a known word, and used like a name"),
    Reason.INITIALS: _l("initials of a person"),
    Reason.AGAIN: _l("the same person as elsewhere in the text"),
    Reason.KNOWN_PLACE: _l("a known place"),
    Reason.PLACE_CUE: _l("used like the name of a place"),
    Reason.STREET: _l("a street or address"),
    Reason.POSTCODE: _l("a postcode"),
    Reason.KNOWN_ORG: _l("a known institution or employer"),
    Reason.ORG_KIND: _l("the name of an organisation"),
    Reason.ORG_CUE: _l("used like the name of an organisation"),
    Reason.DATE: _l("fixes a day or a month"),
    Reason.HOLIDAY: _l("a day in the year that everybody knows"),
    Reason.AGE: _l("an age"),
    Reason.BSN: _l("a citizen service number"),
    Reason.IBAN: _l("a bank account number"),
    Reason.PLATE: _l("a licence plate"),
    Reason.NUMBER_CUE: _l("a number of a person or file"),
    Reason.CODE: _l("looks like the number of a person or file"),
    Reason.EMAIL: _l("an e-mail address"),
    Reason.PHONE: _l("a telephone number"),
    Reason.URL: _l("a web address"),
    Reason.HANDLE: _l("a name used on line"),
    Reason.ONLY_ONE: _l("there is only one, or hardly another"),
    Reason.NEWS: _l("was in the news or seen by many"),
    Reason.RARE_OCCUPATION: _l("an occupation that few people have"),
    Reason.RARE_ORIGIN: _l("an origin that few people here have"),
    Reason.PUBLIC_ROLE: _l("a role by which people know somebody"),
}

# What an author can do about what only points to somebody together with other things.
_ADVICE = {
    Reason.ONLY_ONE: _l("Say what it means for the story instead of how rare it is."),
    Reason.NEWS: _l(
        "Leave out what was in the news, or tell of another event with the same weight."
    ),
    Reason.RARE_OCCUPATION: _l(
        "Take a wider word: “he works in a port” instead of the occupation."
    ),
    Reason.RARE_ORIGIN: _l("Leave the origin out, or name a part of the world if it matters."),
    Reason.PUBLIC_ROLE: _l("Leave the role out, or say only that many people know this person."),
}
_WIDER = _l("Say it in wider words, or leave it out.")


def advice(span: Span) -> str:
    """What to do about an indirect identifier; '' for one that has a replacement."""
    return str(_ADVICE.get(span.reason, _WIDER)) if span.label is Label.QUASI else ""


def why(span: Span) -> str:
    """Why something was marked, in the reader's language, with the word that gave it away."""
    words = str(_REASONS.get(span.reason, span.reason.value))
    return f"{words} ({span.cue})" if span.cue else words
