"""What is new on a member's interests, on the site and by mail.

It is asked of the index under the same condition as a search, so that nothing is told that could
not be found. In mail stands nothing of private circles and nothing of cases.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cop.discussions.models import Attention, Discussion, DiscussionAttention, ReadMark
from cop.finding import interests, kept_searches
from cop.finding.interests import NEWS
from cop.finding.models import ByMail, Interest, InterestKind
from cop.finding.permissions import mailed, searcher
from cop.finding.queries import narrowed_to_each, shown
from cop.members.actor import Actor
from cop.members.models import Persona
from cop.platform.search import retrieving, scoring
from cop.platform.search.scoring import Candidate
from cop.platform.search.searching import (
    Narrowed,
    Who,
    added_of_several,
    newest_of_several,
    search,
)
from cop.platform.search.sources import Shown, authors, label, sources
from cop.practices.models import PracticeEditor

LOOK_BACK = timedelta(days=21)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
OF_ONE_SEARCH = 5  # told of in one mail before others have had their turn
AT_MOST = 50  # things that one search or what was added brings, told or counted
TO_READ = ("discussion", "practice")  # of these one says how long reading takes

_ON_SITE = select(Interest).where(Interest.member_id == bindparam("me"), Interest.on_site.is_(True))


def labels_of(rows: Iterable[Interest]) -> list[str]:
    """Of themes and spaces, on which everything that comes is news."""
    named = {InterestKind.THEME: "theme", InterestKind.SPACE: "space"}
    return [
        label(named[kind], row.subject_id)
        for row in rows
        if (kind := InterestKind(row.kind)) in named
    ]


def on_site(session: Session, actor: Actor, now: datetime, most: int) -> list[Shown]:
    """What is new on what the actor wants to hear of on the home page; of dates those to come."""
    rows = session.scalars(_ON_SITE, {"me": actor.member_id}).all()
    if not rows:
        return []
    quiet_until = interests.profile(session, actor).quiet_until
    if quiet_until is not None and quiet_until > now:
        return []
    who, since = searcher(actor), now - LOOK_BACK
    things = _labelled(session, who, labels_of(rows), since, NEWS)
    asked = _asked(session, actor, rows)
    things += newest_of_several(session, asked, who, since)
    new = _fresh(session, scoring.newest_first(things), since, now)
    new += _by_people(session, actor, who, rows, since, now, NEWS)
    unread = _added(session, actor, who, rows, asked, since, now)
    unread += _unknown(session, actor, _unread(session, actor, new), now)
    each = {(thing.kind, thing.thing_id): thing for thing in unread}
    newest = sorted(each.values(), key=lambda t: (t.at, t.kind, t.thing_id), reverse=True)[:most]
    said = shown(session, actor, newest)
    return [
        replace(
            said[key],
            at=said[key].at or thing.at,
            words=said[key].words if thing.kind in TO_READ else 0,
        )
        for thing in newest
        if (key := (thing.kind, thing.thing_id)) in said
    ]


def _asked(session: Session, actor: Actor, rows: Iterable[Interest]) -> list[tuple[str, Narrowed]]:
    """What kept searches ask for; at most three queries for all of them."""
    kept = [
        kept_searches.taken_apart(row.words)
        for row in rows
        if row.kind == InterestKind.SEARCH and row.words
    ]
    to = narrowed_to_each(session, actor, [kept_searches.filters_of(beside) for _w, beside in kept])
    return [
        (words, replace(narrowed, kinds=narrowed.kinds or NEWS))
        for (words, _beside), narrowed in zip(kept, to, strict=True)
        if narrowed is not None  # else a theme or a space that is not there for them any more
    ]


def _added(
    session: Session,
    actor: Actor,
    who: Who,
    rows: Iterable[Interest],
    asked: Sequence[tuple[str, Narrowed]],
    since: datetime,
    until: datetime,
) -> list[Candidate]:
    """What others added to older things, as it answers a kept search; and to which logbook of a
    space, or what a person added to any."""
    logbooks = [
        ("", _LOGBOOK_OF[kind](row.subject_id))
        for row in rows
        if row.subject_id is not None and (kind := InterestKind(row.kind)) in _LOGBOOK_OF
    ]
    wanted = [*asked, *logbooks]
    if not wanted:
        return []
    return _unread(session, actor, added_of_several(session, wanted, who, actor, since, until))


_LOGBOOK_OF: Mapping[InterestKind, Callable[[int], Narrowed]] = {
    InterestKind.SPACE: lambda id: Narrowed(("space",), (label("space", id),)),
    InterestKind.PERSON: lambda id: Narrowed(
        ("space",), tuple(authors([id], is_member=True)), by=frozenset([id])
    ),
}


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
            found += [
                replace(thing, at=known[thing.thing_id])
                for thing in of_kind
                if thing.thing_id in known
            ]
        else:
            found += _fresh(session, of_kind, since, until)
    return found


def _unread(session: Session, actor: Actor, things: list[Candidate]) -> list[Candidate]:
    """Without discussions that the actor read to the end, started or muted, and own practices."""
    of = {kind: [t.thing_id for t in things if t.kind == kind] for kind in TO_READ}
    seen = {("discussion", id) for id in _read(session, actor, of["discussion"])}
    seen |= {("discussion", id) for id in _muted(session, actor, of["discussion"])}
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


def _unknown(
    session: Session, actor: Actor, things: Sequence[Candidate], now: datetime
) -> list[Candidate]:
    """Without what is over, and what the actor planned or answered; a query for each such kind."""
    seen: set[tuple[str, int]] = set()
    for kind in sorted({thing.kind for thing in things}):
        known = sources()[kind].known
        if known is not None:
            ids = [thing.thing_id for thing in things if thing.kind == kind]
            seen |= {(kind, id) for id in known(session, actor, ids, now)}
    return [thing for thing in things if (thing.kind, thing.thing_id) not in seen]


def _muted(session: Session, actor: Actor, ids: Sequence[int]) -> set[int]:
    return set(
        session.scalars(
            select(DiscussionAttention.discussion_id).where(
                DiscussionAttention.member_id == actor.member_id,
                DiscussionAttention.attention == Attention.MUTE,
                DiscussionAttention.discussion_id.in_(ids),
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
    """Those that came in this time, each with when; a query for each kind that says it itself."""
    by_kind: defaultdict[str, list[int]] = defaultdict(list)
    for thing in things:
        by_kind[thing.kind].append(thing.thing_id)
    moments = {(thing.kind, thing.thing_id): thing.at for thing in things}
    for kind, ids in by_kind.items():
        came = sources()[kind].came
        if came is not None:
            known = came(session, ids)
            moments.update({(kind, id): known.get(id, since) for id in ids})
    return [
        replace(thing, at=at)
        for thing in things
        if since < (at := moments[thing.kind, thing.thing_id]) <= until
    ]


def by_mail(
    session: Session,
    actor: Actor,
    rows: Sequence[Interest],
    way: ByMail,
    since: datetime,
    until: datetime,
    *,
    told: bool = False,
) -> list[tuple[Candidate, Shown]]:
    """What mail in this way tells of this time: of each interest what came while it counted.

    Args:
        told: only what it told for certain: nothing from before an interest was kept.
    """
    of_time: defaultdict[tuple[datetime, datetime], list[Interest]] = defaultdict(list)
    for row in rows:
        for begins, ends in _counted(row, way):
            begins = max(begins, since, row.created_at if told else since)
            if begins < (ends := min(ends, until)):
                of_time[begins, ends].append(row)
    found: dict[tuple[str, int], tuple[Candidate, Shown]] = {}
    for (begins, ends), some in sorted(of_time.items(), key=lambda each: each[0]):
        for thing, said in new_for_mail(session, actor, some, begins, ends):
            found[thing.kind, thing.thing_id] = thing, said
    return list(found.values())


def _counted(row: Interest, way: ByMail) -> Iterator[tuple[datetime, datetime]]:
    """Between which moments mail told of an interest in this way.

    What counted when a thing came decides how it is told: so nothing is skipped by a change, and
    nothing rings twice. Whoever stops it hears nothing of it any more.
    """
    if row.by_mail == ByMail.NOT:
        return
    begins = retrieving.LONG_AGO
    for was, until in (*row.earlier, (row.by_mail, FOREVER.isoformat())):
        ends = datetime.fromisoformat(until)
        if was == way:
            yield begins, ends
        begins = ends


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
    asked = _asked(session, actor, rows)
    rest: list[Candidate] = []
    for words, narrowed in asked:
        answer = search(session, words, who, until, replace(narrowed, since=since))
        if not answer.is_guess:  # of a word that nobody wrote there is no news
            whole = new([thing for thing in answer.things if all(thing.strength)])
            rest += whole[OF_ONE_SEARCH:AT_MOST]
            for thing in whole[:OF_ONE_SEARCH]:
                things.setdefault((thing.kind, thing.thing_id), thing)
    to_older = _added(session, actor, who, rows, asked, since, until)
    for thing in [*to_older[:AT_MOST], *rest]:
        things.setdefault((thing.kind, thing.thing_id), thing)
    said = shown(session, actor, list(things.values()))
    return [(thing, said[key]) for key, thing in things.items() if key in said]
