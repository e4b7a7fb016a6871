"""Keeping a card of several together: asking somebody along, saying yes, stopping."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from cop.expertise.events import KeeperAsked
from cop.expertise.models import Card, CardKeeper, CardLine, ExpertAsk
from cop.expertise.permissions import CARDS, CardPermission, is_mine
from cop.members.actor import Actor
from cop.members.queries import own_persona, personas_by_handle
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit

MOST_KEEPERS = 12


def ask_along(session: Session, actor: Actor, card_id: int, handle: str, now: datetime) -> None:
    """Ask somebody to keep the card along; nothing happens before they say yes [A, D].

    Raises:
        NotFound: not a card of several that the actor keeps.
        Refused: nobody of that name, or too many.
    """
    card = CARDS.get_for_change(session, actor, CardPermission.ASK_ALONG, card_id)
    named = personas_by_handle(session, [handle.strip().lstrip("@").lower()])
    other = next(iter(named.values()), None)
    if other is None or other.kind != "self":
        raise Refused(_("Nobody has this name here."), "handle")
    have = session.scalars(select(CardKeeper).where(CardKeeper.card_id == card.id)).all()
    if any(each.persona_id == other.persona_id for each in have):
        raise Refused(_("They were asked already, or keep it with you."), "handle")
    if len(have) >= MOST_KEEPERS:
        raise Refused(_("At most %(most)s people keep a card.", most=MOST_KEEPERS), "handle")
    assert actor.member_id is not None
    by = own_persona(session, actor.member_id).id
    session.add(CardKeeper(card_id=card.id, persona_id=other.persona_id, asked_by_id=by))
    session.flush()
    emit(session, KeeperAsked(card_id=card.id, persona_id=other.persona_id), now)


def answer_invitation(
    session: Session, actor: Actor, card_id: int, accepts: bool, now: datetime
) -> None:
    """
    Raises:
        NotFound: nobody asked the actor.
    """
    CARDS.get(session, actor, CardPermission.ANSWER, card_id)
    row = _keeper(session, actor, card_id)
    if accepts:
        row.accepted_at = now
    else:
        session.delete(row)
    session.flush()


def stop(session: Session, actor: Actor, card_id: int) -> None:
    """Keep it no longer; the last who stops takes the card along.

    Raises:
        NotFound: the actor does not keep it.
    """
    CARDS.get(session, actor, CardPermission.CHANGE, card_id)
    hold(session, [card_id])
    CARDS.get(session, actor, CardPermission.CHANGE, card_id)
    session.delete(_keeper(session, actor, card_id))
    session.flush()
    left = select(CardKeeper.card_id).where(
        CardKeeper.card_id == card_id, CardKeeper.accepted_at.is_not(None)
    )
    if session.scalar(left.limit(1)) is None:
        delete_card(session, card_id)


def hold(session: Session, card_ids: Sequence[int]) -> None:
    """The last two who stop at one moment take turns: the second takes the card along."""
    rows = select(Card.id).where(Card.id.in_(card_ids)).order_by(Card.id)
    session.execute(rows.with_for_update()).all()


def _keeper(session: Session, actor: Actor, card_id: int) -> CardKeeper:
    return session.scalars(
        select(CardKeeper).where(
            CardKeeper.card_id == card_id, is_mine(actor, CardKeeper.persona_id)
        )
    ).one()


def delete_card(session: Session, card_id: int) -> None:
    """The card and all on it, whoever asks: permission was asked before."""
    card = session.get(Card, card_id)
    if card is None:
        return
    for line in session.scalars(select(CardLine).where(CardLine.card_id == card_id)).all():
        session.delete(line)
    session.execute(delete(CardKeeper).where(CardKeeper.card_id == card_id))
    session.execute(update(ExpertAsk).where(ExpertAsk.card_id == card_id).values(card_id=None))
    session.flush()
    session.delete(card)
    session.flush()
