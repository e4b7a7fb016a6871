"""Themes and questions among what a member keeps of their own words."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from cop.intervisie.models import CaseOffer, ThemeProposal
from cop.members.actor import Actor
from cop.sessions.own_words import Words, adds_words, mine


@adds_words
def of_intervisie(session: Session, actor: Actor) -> Iterable[Words]:
    """Themes that one proposed, and the questions of cases that one brought."""
    themes = mine(ThemeProposal, actor, ThemeProposal.text, ThemeProposal.at)
    for day, text, at in session.execute(themes.where(ThemeProposal.text.is_not(None))):
        yield Words(day, "theme", text, at)
    offers = mine(CaseOffer, actor, CaseOffer.question, CaseOffer.at)
    for day, text, at in session.execute(offers.where(CaseOffer.question.is_not(None))):
        yield Words(day, "case_question", text, at)
