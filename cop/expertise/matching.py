"""Which topics on cards a question that goes round is about: by theme, or by own words."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from cop.expertise.models import CardLine, ExpertQuestion, Shown
from cop.members.models import Theme
from cop.platform.search.asking import Group, understood
from cop.platform.search.indexing import said
from cop.platform.search.scoring import weight_in
from cop.platform.search.searching import synonyms

READ_AT_ONCE = 500  # lines


def on_topic(session: Session, question: ExpertQuestion) -> ColumnElement[bool]:
    """A `CardLine` that fits the question; never one that only those who keep the card see."""
    shown = CardLine.shown != Shown.OWN
    if question.theme_id is not None:
        return and_(shown, CardLine.theme_id == question.theme_id)
    return and_(shown, CardLine.id.in_(_lines_that_say(session, question.words or "")))


def _lines_that_say(session: Session, words: str) -> list[int]:
    """Lines that say all of these words, in the topic or in what to ask, as search would find them.

    Inflected, within a compound or by another word for it; no typing error is guessed, since this
    asks people. Two queries. Lines hold what the index holds of them: topic and 'ask me about'.
    """
    wanted = understood(words, synonyms(session)).groups
    if not wanted:
        return []
    lines = session.execute(
        select(CardLine.id, CardLine.words, CardLine.ask, Theme.name_nl)
        .outerjoin(Theme, Theme.id == CardLine.theme_id)
        .where(CardLine.shown != Shown.OWN)
        .execution_options(yield_per=READ_AT_ONCE)
    )
    return [line.id for line in lines if _says(f"{line.name_nl or line.words}. {line.ask}", wanted)]


def _says(text: str, wanted: Sequence[Group]) -> bool:
    terms = said(text).whole
    return all(weight_in(group, terms) for group in wanted)
