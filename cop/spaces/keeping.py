"""Files that a space keeps."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.members.actor import Actor
from cop.members.models import Persona
from cop.members.people import PERSON, Person, person
from cop.platform import audit, storage
from cop.platform.blank import one_line
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.outbox import emit
from cop.platform.storage import Clean, StoredFile
from cop.spaces import events
from cop.spaces.circles import CircleMembership
from cop.spaces.files import telling, url_of
from cop.spaces.models import Space, SpaceFile
from cop.spaces.operations import SAME_FORM
from cop.spaces.permissions import FILES, SPACES, PartPermission, SpacePermission
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

PAGE = 30
LATEST = 5
LONGEST_TITLE = 160


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as pages show it."""

    id: int
    title: str
    url: str
    name: str
    size: int
    is_picture: bool
    at: datetime
    added_by: Person
    may_delete: bool


def add(
    session: Session,
    actor: Actor,
    space_id: int,
    title: str,
    cleaned: Clean,
    now: datetime,
    anyway: bool = False,
) -> SpaceFile:
    """Keep a file in a space; its name is its title when none is given.

    Raises:
        NotFound: the actor does not take part, or the space is archived.
        Refused: the title is too long.
    """
    space = SPACES.get(session, actor, SpacePermission.ADD_FILE, space_id)
    session.get_one(Space, space.id, with_for_update=True)  # twins come one after the other
    title = one_line(title)
    if len(title) > LONGEST_TITLE:
        raise Refused(_("Keep it to %(most)s characters, please.", most=LONGEST_TITLE), "title")
    file = storage.keep_clean(session, cleaned, now)
    author_id = session.scalars(
        select(CircleMembership.persona_id).where(
            CircleMembership.circle_id == space.circle_id,
            CircleMembership.member_id == actor.member_id,
        )
    ).one()
    ask_author([title], Purpose.SPACE, anyway, telling(session, actor, author_id, [file]))
    twin = session.scalar(
        select(SpaceFile)
        .join(StoredFile, StoredFile.id == SpaceFile.file_id)
        .where(SpaceFile.space_id == space.id, SpaceFile.added_by_id == author_id)
        .where(SpaceFile.title == (title or file.name), SpaceFile.added_at > now - SAME_FORM)
        .where(StoredFile.sha256 == file.sha256, StoredFile.id != file.id)
        .limit(1)
    )
    if twin is not None:  # the form was sent twice
        storage.remove(session, file)
        session.flush()
        return twin
    kept = SpaceFile(
        space_id=space.id,
        file_id=file.id,
        title=title or file.name,
        added_by_id=author_id,
        added_at=now,
    )
    session.add(kept)
    session.flush()
    emit(session, events.FileAdded(space_file_id=kept.id), now)
    return kept


def delete(session: Session, actor: Actor, space_file_id: int, now: datetime) -> Space:
    """Take a file away for good; the space that kept it.

    Raises:
        NotFound: the actor did not bring it, coordinates nothing here, and moderates nothing.
    """
    kept = FILES.get(session, actor, PartPermission.DELETE, space_file_id)
    space, file = session.get_one(Space, kept.space_id), kept.file
    session.delete(kept)
    session.flush()
    storage.remove(session, file)
    session.flush()
    if actor.moderates:
        about = f"space_file:{space_file_id}"
        audit.record(session, "spaces.file_deleted", actor=actor.audit_id, subject=about, now=now)
    return space


def page(
    session: Session, actor: Actor, space_id: int, before: int | None = None, most: int = PAGE
) -> tuple[list[Kept], int | None]:
    """Files, newest first; and before which id the next page begins. One query.

    The caller has asked for READ on the space.
    """
    query = (
        select(
            SpaceFile.id,
            SpaceFile.title,
            SpaceFile.added_at,
            StoredFile.key,
            StoredFile.name.label("file_name"),
            StoredFile.size,
            StoredFile.width,
            *FILES.columns(actor),
            *PERSON,
        )
        .join(StoredFile, StoredFile.id == SpaceFile.file_id)
        .join(Persona, Persona.id == SpaceFile.added_by_id)
        .where(SpaceFile.space_id == space_id)
        .order_by(SpaceFile.id.desc())
        .limit(most + 1)
    )
    if before is not None:
        query = query.where(SpaceFile.id < before)
    rows = session.execute(query, actor.parameters).all()
    shown = [
        Kept(
            id=row.id,
            title=row.title,
            url=url_of(row.key, row.file_name),
            name=row.file_name,
            size=row.size,
            is_picture=row.width is not None,
            at=row.added_at,
            added_by=person(row, actor),
            may_delete=PartPermission.DELETE in FILES.from_row(row),
        )
        for row in rows[:most]
    ]
    return shown, shown[-1].id if len(rows) > most else None


def title_of(session: Session, actor: Actor, space_id: int, space_file_id: int) -> str:
    """For asking before it is taken away.

    Raises:
        NotFound: not in this space, or the actor may not delete it.
    """
    kept = FILES.get(session, actor, PartPermission.DELETE, space_file_id)
    if kept.space_id != space_id:
        raise NotFound
    return kept.title
