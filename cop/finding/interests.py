"""A member's interests: kept, changed, forgotten; and what is new about them.

What is new is asked of the index under the same condition as a search, so that nothing is told
that could not be found. In mail stands nothing of private circles and nothing of cases.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from cop.discussions.models import Discussion, ReadMark
from cop.finding import kept_searches
from cop.finding.models import Interest, InterestKind, InterestProfile
from cop.finding.permissions import mailed, searcher
from cop.finding.queries import Filters, narrowed_to, shown
from cop.members.actor import Actor
from cop.members.models import Member, Persona, Theme
from cop.members.queries import among_members, theme_name
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.platform.search import retrieving, scoring
from cop.platform.search.asking import LONGEST_QUESTION, understood
from cop.platform.search.scoring import Candidate
from cop.platform.search.searching import Who, search
from cop.platform.search.sources import Shown, authors, label, sources
from cop.practices.models import PracticeEditor
from cop.spaces.models import Space
from cop.spaces.permissions import SPACES, SpacePermission

NOT_NARROWED = Filters()
MOST = 40  # of one member
MOST_SEARCHES = 8
LOOK_BACK = timedelta(days=21)
OF_ONE_SEARCH = 5  # in one mail
NEWS = ("discussion", "gathering", "market", "practice", "space")  # what comes anew, and is told
TO_READ = ("discussion", "practice")  # on the home page, among what is new on one's themes


@dataclass(frozen=True, slots=True)
class Kept:
    """An interest as its page shows it.

    Attributes:
        is_gone: a person who left, or a space that the member no longer reads: it does not count.
    """

    id: int
    kind: str
    name: str
    url: str
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
    """Hear about it from now on; what is kept already stays as it is.

    Raises:
        NotFound: no such thing that the actor may see.
        Refused: nothing to search for, or too many already.
    """
    assert actor.member_id is not None
    mine = session.scalars(select(Interest).where(Interest.member_id == actor.member_id)).all()
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
    session.add(
        Interest(
            member_id=actor.member_id,
            kind=kind,
            subject_id=subject_id,
            words=words or None,
            created_at=now,
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
    *,
    on_site: bool,
    by_mail: str,
    quiet_until: datetime | None,
    now: datetime,
) -> None:
    """Where the actor hears of it.

    Args:
        by_mail: 'digest', 'at_once' or ''; never both, so that nothing comes twice.
    """
    assert actor.member_id is not None
    row = session.get(InterestProfile, actor.member_id)
    if row is None:
        row = InterestProfile(member_id=actor.member_id)
        session.add(row)
    if by_mail == "at_once" and not row.at_once:
        row.told_until = now
    row.on_site, row.quiet_until = on_site, quiet_until
    row.in_digest, row.at_once = by_mail == "digest", by_mail == "at_once"
    session.flush()


def profile(session: Session, actor: Actor) -> InterestProfile:
    """Where the actor hears of it; not stored when they chose nothing."""
    found = session.get(InterestProfile, actor.member_id)
    return found or InterestProfile(
        member_id=actor.member_id, on_site=True, in_digest=True, at_once=False, quiet_until=None
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
            said, beside = kept_searches.taken_apart(row.words or "")
            name = " · ".join(filter(None, (said, *beside.values())))
            found.append(Kept(row.id, row.kind, name, ""))
        elif row.subject_id in (known := named[InterestKind(row.kind)]):
            name, url = known[row.subject_id]
            found.append(Kept(row.id, row.kind, name, url))
        else:
            found.append(Kept(row.id, row.kind, _("No longer to be seen"), "", is_gone=True))
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


# --- what is new


def labels_of(rows: Iterable[Interest]) -> list[str]:
    """Of themes and spaces, on which everything that comes is news."""
    named = {InterestKind.THEME: "theme", InterestKind.SPACE: "space"}
    return [
        label(named[kind], row.subject_id)
        for row in rows
        if (kind := InterestKind(row.kind)) in named
    ]


_LABELLED = select(Interest).where(
    Interest.member_id == bindparam("me"), Interest.kind != InterestKind.SEARCH
)


def new_on_site(session: Session, actor: Actor, now: datetime, most: int) -> list[Shown]:
    """What is new on the themes, in the spaces and by the people that the actor chose.

    Of kept searches mail tells: looking for all of them on every visit would be slow.
    """
    rows = session.scalars(_LABELLED, {"me": actor.member_id}).all()
    chosen = profile(session, actor) if rows else None
    if chosen is None or not chosen.on_site:
        return []
    if chosen.quiet_until is not None and chosen.quiet_until > now:
        return []
    who, since = searcher(actor), now - LOOK_BACK
    things = _labelled(session, who, labels_of(rows), since, TO_READ)
    things += _by_people(session, actor, who, rows, since, now, TO_READ)
    unread = _unread(session, actor, scoring.newest_first(things))[:most]
    said = shown(session, actor, unread)
    return [said[key] for thing in unread if (key := (thing.kind, thing.thing_id)) in said]


def _labelled(
    session: Session,
    who: Who,
    labels: Sequence[str],
    since: datetime,
    kinds: Collection[str],
) -> list[Candidate]:
    if not labels:
        return []
    found = retrieving.labelled(session, who.may, who.values, labels, since)
    return [thing for thing in scoring.newest(found) if thing.kind in kinds]


def _by_people(
    session: Session,
    actor: Actor,
    who: Who,
    rows: Iterable[Interest],
    since: datetime,
    until: datetime,
    kinds: Collection[str],
) -> list[Candidate]:
    """What the people whom the actor chose wrote in this time; what others added is no news."""
    people = [r.subject_id for r in rows if r.kind == InterestKind.PERSON if r.subject_id]
    things = _labelled(session, who, authors(people, is_member=True), since, kinds)
    found = []
    for kind in kinds:
        of_kind = [thing for thing in things if thing.kind == kind]
        wrote = sources()[kind].wrote
        if of_kind and wrote is not None:
            ids = [thing.thing_id for thing in of_kind]
            known = wrote(session, actor, ids, people, since, until)
            found += [thing for thing in of_kind if thing.thing_id in known]
        else:
            found += _fresh(session, of_kind, since, until)
    return found


def _unread(session: Session, actor: Actor, things: list[Candidate]) -> list[Candidate]:
    """Without discussions that the actor read to the end or started, and their own practices."""
    of = {kind: [t.thing_id for t in things if t.kind == kind] for kind in TO_READ}
    seen = {("discussion", id) for id in _read(session, actor, of["discussion"])}
    seen |= {("practice", id) for id in _written(session, actor, of["practice"])}
    return [thing for thing in things if (thing.kind, thing.thing_id) not in seen]


def _read(session: Session, actor: Actor, ids: Sequence[int]) -> set[int]:
    return set(
        session.scalars(
            select(Discussion.id)
            .join(ReadMark, ReadMark.discussion_id == Discussion.id)
            .where(
                ReadMark.member_id == actor.member_id,
                ReadMark.number >= Discussion.last_number,
                Discussion.id.in_(ids),
            )
        )
    )


def _written(session: Session, actor: Actor, ids: Sequence[int]) -> set[int]:
    return set(
        session.scalars(
            select(PracticeEditor.practice_id)
            .join(Persona, Persona.id == PracticeEditor.persona_id)
            .where(Persona.member_id == actor.member_id, PracticeEditor.practice_id.in_(ids))
        )
    )


def _fresh(
    session: Session, things: Sequence[Candidate], since: datetime, until: datetime
) -> list[Candidate]:
    """Those that came in this time; at most a query for each kind that says by itself when."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for thing in things:
        by_kind[thing.kind].append(thing.thing_id)
    moments = {(thing.kind, thing.thing_id): thing.at for thing in things}
    for kind, ids in by_kind.items():
        came = sources()[kind].came
        if came is not None:
            known = came(session, ids)
            moments.update({(kind, id): known.get(id, since) for id in ids})
    return [t for t in things if since < moments[t.kind, t.thing_id] <= until]


def new_for_mail(
    session: Session,
    actor: Actor,
    rows: Sequence[Interest],
    since: datetime,
    until: datetime,
) -> list[tuple[Candidate, Shown]]:
    """What is new since a moment, kept searches included, as far as it may stand in a mail."""
    who = mailed(actor)

    def new(found: Sequence[Candidate]) -> list[Candidate]:
        return _unread(session, actor, _fresh(session, found, since, until))

    people = _by_people(session, actor, who, rows, since, until, NEWS)
    things = {
        (thing.kind, thing.thing_id): thing
        for thing in scoring.newest_first(
            new(_labelled(session, who, labels_of(rows), since, NEWS))
            + _unread(session, actor, people)
        )
    }
    for row in rows:
        if row.kind == InterestKind.SEARCH and row.words:
            words, beside = kept_searches.taken_apart(row.words)
            narrowed = narrowed_to(session, actor, kept_searches.filters_of(beside))
            if narrowed is None:
                continue  # a theme or a space that is not there for them any more
            narrowed = replace(narrowed, kinds=narrowed.kinds or NEWS, since=since)
            answer = search(session, words, who, until, narrowed)
            if not answer.is_guess:  # of a word that nobody wrote there is no news
                whole = [thing for thing in answer.things if all(thing.strength)]
                for thing in new(whole)[:OF_ONE_SEARCH]:
                    things.setdefault((thing.kind, thing.thing_id), thing)
    said = shown(session, actor, list(things.values()))
    return [(thing, said[key]) for key, thing in things.items() if key in said]
