"""A member's interests: kept, changed, forgotten, and where each is told of (see `news`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cop.finding import kept_searches
from cop.finding.models import ByMail, Interest, InterestKind, InterestProfile
from cop.finding.queries import Filters
from cop.members.actor import Actor
from cop.members.models import Member, Persona, Theme
from cop.members.queries import among_members, theme_name
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.search.asking import LONGEST_QUESTION, understood
from cop.platform.search.sources import sources
from cop.spaces.models import Space
from cop.spaces.permissions import SPACES, SpacePermission

NOT_NARROWED = Filters()
MOST = 40  # of one member
MOST_SEARCHES = 8
MOST_EARLIER = 12  # changes of one interest that are kept: more than anybody makes in a week
NEWS = ("discussion", "gathering", "market", "practice", "space")  # what comes anew, and is told


@dataclass(frozen=True, slots=True)
class Kept:
    """An interest as its page shows it.

    Attributes:
        on_site, by_mail: where they hear of it, as it is stored.
        is_gone: a person who left, or a space that the member no longer reads: it does not count.
    """

    id: int
    kind: str
    name: str
    url: str
    on_site: bool
    by_mail: str
    is_gone: bool = False


def add(
    session: Session,
    actor: Actor,
    kind: InterestKind,
    now: datetime,
    *,
    subject_id: int | None = None,
    words: str = "",
    filters: Filters = NOT_NARROWED,
) -> None:
    """Hear about it from now on, where one hears of what one adds; what is kept stays as it is.

    Raises:
        NotFound: no such thing that the actor may see.
        Refused: nothing to search for, or too many already.
    """
    assert actor.member_id is not None
    mine = _mine(session, actor.member_id)
    if kind is InterestKind.SEARCH:
        words = " ".join(words.split())[:LONGEST_QUESTION]
        filters = replace(filters, since=None)  # what is told is new anyway
        if not understood(words).groups and not filters.any:
            raise Refused(_("Type what you want to hear about."), "words")
        if filters.kind and filters.kind not in NEWS:
            raise Refused(_("Of this kind nothing comes anew. Search another kind."), "words")
        words = kept_searches.put_together(words, filters)
        if any(each.words == words for each in mine):
            return
        if sum(each.kind == kind for each in mine) >= MOST_SEARCHES:
            raise Refused(_("Keep at most %(most)s searches.", most=MOST_SEARCHES), "words")
    else:
        _check(session, actor, kind, subject_id)
        if any(each.kind == kind and each.subject_id == subject_id for each in mine):
            return
    if sum(not each.is_gone for each in kept(session, actor)) >= MOST:
        raise Refused(_("Keep at most %(most)s interests.", most=MOST))
    where = _stored_profile(session, actor.member_id)
    if where.by_mail == ByMail.AT_ONCE:
        _begin_at_once(where, mine, now)
    session.add(
        Interest(
            member_id=actor.member_id,
            kind=kind,
            subject_id=subject_id,
            words=words or None,
            created_at=now,
            on_site=where.on_site,
            by_mail=where.by_mail,
            changed_at=now,
        )
    )
    session.flush()


def _check(session: Session, actor: Actor, kind: InterestKind, subject_id: int | None) -> None:
    wanted = {
        InterestKind.THEME: select(Theme.id).where(Theme.retired_at.is_(None)),
        InterestKind.SPACE: select(Space.id).where(SPACES.clause(actor, SpacePermission.READ)),
        # Own names only: whether a pseudonym exists is for its circle to know.
        InterestKind.PERSON: select(Persona.id)
        .join(Member, Member.id == Persona.member_id)
        .where(among_members()),
    }[kind]
    column = {
        InterestKind.THEME: Theme.id,
        InterestKind.SPACE: Space.id,
        InterestKind.PERSON: Persona.id,
    }[kind]
    if session.scalar(wanted.where(column == subject_id)) is None:
        raise NotFound


def remove(session: Session, actor: Actor, interest_id: int) -> None:
    """Hear of it no longer.

    Raises:
        NotFound: not the actor's.
    """
    done = session.execute(
        delete(Interest)
        .where(Interest.id == interest_id, Interest.member_id == actor.member_id)
        .returning(Interest.id)
    ).first()
    if done is None:
        raise NotFound


def choose(
    session: Session,
    actor: Actor,
    interest_id: int,
    *,
    on_site: bool,
    by_mail: ByMail,
    now: datetime,
) -> None:
    """Where the actor hears of one thing.

    Raises:
        NotFound: not the actor's.
    """
    assert actor.member_id is not None
    mine = _mine(session, actor.member_id)
    row = next((each for each in mine if each.id == interest_id), None)
    if row is None:
        raise NotFound
    profile = _stored_profile(session, actor.member_id)
    _tell(profile, mine, [row], on_site, by_mail, now)
    session.flush()


def choose_all(
    session: Session,
    actor: Actor,
    *,
    on_site: bool,
    by_mail: ByMail,
    now: datetime,
) -> None:
    """Where the actor hears of all of them and of what they add."""
    assert actor.member_id is not None
    profile = _stored_profile(session, actor.member_id)
    mine = _mine(session, actor.member_id)
    _tell(profile, mine, mine, on_site, by_mail, now)
    profile.on_site, profile.by_mail = on_site, by_mail
    session.flush()


def be_quiet(
    session: Session, actor: Actor, *, quiet_until: datetime | None, now: datetime
) -> None:
    """The actor hears of nothing until then; None: from now on they do again."""
    assert actor.member_id is not None
    profile = _stored_profile(session, actor.member_id)
    if quiet_until is None and profile.quiet_until is not None:
        quiet_until = min(now, profile.quiet_until)  # what came until then is not told afterwards
    profile.quiet_until = quiet_until
    session.flush()


def _tell(
    profile: InterestProfile,
    mine: Sequence[Interest],
    rows: Sequence[Interest],
    on_site: bool,
    by_mail: ByMail,
    now: datetime,
) -> None:
    """Some of the actor's interests are told of here from now on."""
    if by_mail == ByMail.AT_ONCE:
        _begin_at_once(profile, mine, now)
    for row in rows:
        row.on_site = on_site
        if row.by_mail != by_mail:
            row.earlier = [*row.earlier, (row.by_mail, now.isoformat())][-MOST_EARLIER:]
            row.by_mail, row.changed_at = by_mail, now


def _begin_at_once(profile: InterestProfile, mine: Sequence[Interest], now: datetime) -> None:
    """Nothing was told at once until now: it begins."""
    if not any(row.by_mail == ByMail.AT_ONCE for row in mine):
        profile.told_until = max(profile.told_until or now, now)


def _mine(session: Session, member_id: int) -> Sequence[Interest]:
    return session.scalars(select(Interest).where(Interest.member_id == member_id)).all()


def _stored_profile(session: Session, member_id: int) -> InterestProfile:
    """The member's profile, made when it is not there yet and held against others."""
    found = session.get(InterestProfile, member_id, with_for_update=True)
    if found is None:
        found = InterestProfile(member_id=member_id)
        session.add(found)
        session.flush()
    return found


def profile(session: Session, actor: Actor) -> InterestProfile:
    """Where the actor hears of it; not stored when they chose nothing."""
    found = session.get(InterestProfile, actor.member_id)
    return found or InterestProfile(
        member_id=actor.member_id, on_site=True, by_mail=ByMail.DIGEST, quiet_until=None
    )


def forget(session: Session, member_id: int) -> None:
    """Whoever left is interested in nothing here."""
    session.execute(delete(Interest).where(Interest.member_id == member_id))
    session.execute(delete(InterestProfile).where(InterestProfile.member_id == member_id))


def kept(session: Session, actor: Actor) -> list[Kept]:
    """The actor's interests by name; what is not theirs to see any more can only be removed."""
    rows = session.scalars(
        select(Interest).where(Interest.member_id == actor.member_id).order_by(Interest.id)
    ).all()
    searches = {
        row.id: kept_searches.taken_apart(row.words or "")
        for row in rows
        if row.kind == InterestKind.SEARCH
    }
    called = _called(session, actor, [beside for _words, beside in searches.values()])
    ids = {kind: [row.subject_id for row in rows if row.kind == kind] for kind in InterestKind}
    themes = {
        id: (name, f"/zoeken?thema={slug}")
        for id, slug, name in session.execute(
            select(Theme.id, Theme.slug, theme_name()).where(Theme.id.in_(ids[InterestKind.THEME]))
        )
    }
    spaces = {
        id: (name, f"/proeftuinen/{slug}")
        for id, slug, name in session.execute(
            select(Space.id, Space.slug, Space.name).where(
                Space.id.in_(ids[InterestKind.SPACE]),
                SPACES.clause(actor, SpacePermission.READ),
            )
        )
    }
    people = {
        id: (name, f"/leden/{handle}")
        for id, handle, name in session.execute(
            select(Persona.id, Persona.handle, Persona.name).where(
                Persona.id.in_(ids[InterestKind.PERSON]), Persona.gone_at.is_(None)
            )
        )
    }
    named = {
        InterestKind.THEME: themes,
        InterestKind.SPACE: spaces,
        InterestKind.PERSON: people,
    }
    found = []
    for row in rows:
        if row.kind == InterestKind.SEARCH:
            said, beside = searches[row.id]
            to = (called.get(each, each[1]) for each in beside.items())
            name = " · ".join(filter(None, (said, *to)))
            url, is_gone = "", False
        elif row.subject_id in (known := named[InterestKind(row.kind)]):
            (name, url), is_gone = known[row.subject_id], False
        else:
            name, url, is_gone = _("No longer to be seen"), "", True
        found.append(Kept(row.id, row.kind, name, url, row.on_site, row.by_mail, is_gone))
    return found


def _called(
    session: Session, actor: Actor, several: Sequence[Mapping[str, str]]
) -> dict[tuple[str, str], str]:
    """What searches are narrowed to, as people call it; a query for themes and one for spaces."""
    named = {each for beside in several for each in beside.items()}
    found = {
        (name, kind): str(sources()[kind].label)
        for name, kind in named
        if name == "soort" and kind in sources()
    }
    slugs = {of: [slug for name, slug in named if name == of] for of in ("thema", "ruimte")}
    if slugs["thema"]:
        for slug, said in session.execute(
            select(Theme.slug, theme_name()).where(Theme.slug.in_(slugs["thema"]))
        ):
            found["thema", slug] = said
    if slugs["ruimte"]:
        for slug, said in session.execute(
            select(Space.slug, Space.name).where(
                Space.slug.in_(slugs["ruimte"]), SPACES.clause(actor, SpacePermission.READ)
            )
        ):
            found["ruimte", slug] = said
    return found


def search_of(session: Session, actor: Actor, interest_id: int) -> tuple[str, dict[str, str]]:
    """The words of a search that the actor kept, and what it is narrowed to.

    Raises:
        NotFound: not one of theirs.
    """
    stored = session.scalar(
        select(Interest.words).where(
            Interest.id == interest_id,
            Interest.member_id == actor.member_id,
            Interest.kind == InterestKind.SEARCH,
        )
    )
    if stored is None:
        raise NotFound
    return kept_searches.taken_apart(stored)
