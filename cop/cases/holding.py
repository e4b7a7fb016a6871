"""Cases in the circles of others: they keep a circle from being widened (`cop.spaces.holders`)."""

from sqlalchemy import and_, exists, select
from sqlalchemy.orm import Session

from cop.cases.models import READABLE, UNSHARED, Case, Consent, Contribution
from cop.platform.policy import among
from cop.spaces import holders


def written_by_others(session: Session, circle_id: int, member_id: int) -> bool:
    """A case that somebody else brings or brought to it, what they brought to one, or a case of
    whoever to which somebody agreed.

    Before it is shared as well: the person whom it is about agreed to this circle as it is.
    """
    here = and_(Case.circle_id == circle_id, among(Case.state, (*UNSHARED, *READABLE)))
    if session.scalar(select(exists().where(here, Consent.case_id == Case.id))):
        return True
    return holders.any_by_others(
        session,
        member_id,
        (here, Case.author_id),
        (and_(here, Contribution.case_id == Case.id), Contribution.author_id),
    )


holders.register("case", holders.Holder(written_by_others))
