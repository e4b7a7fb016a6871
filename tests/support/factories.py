"""Rows for tests: `make.member()`, `make.space()`, … with sensible values, each committed.

A test names only what its rule is about.
"""

import itertools
from datetime import datetime, timedelta
from typing import Any, TypeVar

from cop.discussions.models import Discussion, DiscussionKind, DiscussionList, Post
from cop.gatherings.models import Attendance, Coming, Gathering, GatheringKind, Setting
from cop.gatherings.poll_models import DatePoll, PollOption
from cop.groups import dates, operations
from cop.groups.models import Group, GroupKind
from cop.members.actor import Actor
from cop.members.models import Member, MemberState, Organisation, Persona, PersonaKind, SiteRole
from cop.members.passwords import hash_password
from cop.platform import clock, markup
from cop.platform.db import unit_of_work
from cop.platform.i18n import sort_key
from cop.spaces.circles import Circle, CircleMembership, Standing, Visibility
from cop.spaces.models import Space, SpaceKind, Stage

PASSWORD = "een lang wachtwoord voor tests"
_PASSWORD_HASH = hash_password(PASSWORD)
T = TypeVar("T")


class Factory:
    """Makes and commits rows; attributes of what it returns stay readable."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def save(self, row: T) -> T:
        with unit_of_work() as session:
            session.add(row)
        return row

    def member(self, name: str = "", **values: Any) -> Member:
        """An active member with an own persona and the password `PASSWORD`."""
        n = next(self._count)
        name = name or f"Lid {n}"
        handle = values.pop("handle", None) or f"{sort_key(name).replace(' ', '-')}-{n}"
        member = Member(
            **{
                "email": f"lid{n}@example.org",
                "password_hash": _PASSWORD_HASH,
                "state": MemberState.ACTIVE,
                "site_role": SiteRole.MEMBER,
                "created_at": clock.now(),
                "verified_at": clock.now(),
            }
            | values
        )
        member.personas.append(
            Persona(kind=PersonaKind.SELF, handle=handle, name=name, sort_key=sort_key(name))
        )
        self.save(member)
        return member

    def persona(self, member: Member) -> Persona:
        """The member's own persona."""
        return next(p for p in member.personas if p.kind == PersonaKind.SELF)

    def pseudonym(self, member: Member, circle: Circle, name: str = "") -> Persona:
        """A pseudonym of the member in a circle that they are made to join."""
        n = next(self._count)
        name = name or f"Schuilnaam {n}"
        persona = self.save(
            Persona(
                member_id=member.id,
                kind=PersonaKind.PSEUDONYM,
                handle=f"schuilnaam-{n}",
                name=name,
                sort_key=sort_key(name),
            )
        )
        self.join(member, circle, persona=persona)
        return persona

    def organisation(self, name: str = "") -> Organisation:
        n = next(self._count)
        name = name or f"Stichting Verzonnen {n}"
        return self.save(Organisation(slug=f"org-{n}", name=name, sort_key=sort_key(name)))

    def circle(self, visibility: Visibility = Visibility.OPEN, pseudonyms: bool = False) -> Circle:
        return self.save(Circle(visibility=visibility, allows_pseudonyms=pseudonyms))

    def join(
        self,
        member: Member,
        circle: Circle,
        standing: Standing = Standing.JOINED,
        persona: Persona | None = None,
    ) -> CircleMembership:
        persona = persona or self.persona(member)
        return self.save(
            CircleMembership(
                circle_id=circle.id,
                member_id=member.id,
                persona_id=persona.id,
                standing=standing,
                since=clock.now(),
            )
        )

    def space(
        self,
        visibility: Visibility = Visibility.OPEN,
        coordinator: Member | None = None,
        **values: Any,
    ) -> Space:
        n = next(self._count)
        name = values.pop("name", f"Proeftuin {n}")
        circle = self.circle(visibility, values.pop("pseudonyms", False))
        space = self.save(
            Space(
                **{
                    "circle_id": circle.id,
                    "slug": f"proeftuin-{n}",
                    "kind": SpaceKind.PROEFTUIN,
                    "stage": Stage.DEVELOP,
                    "name": name,
                    "sort_key": sort_key(name),
                    "created_at": clock.now(),
                }
                | values
            )
        )
        space.circle = circle
        if coordinator is not None:
            self.join(coordinator, circle, Standing.COORDINATOR)
        return space

    def list(
        self,
        visibility: Visibility = Visibility.OPEN,
        space: Space | None = None,
        coordinator: Member | None = None,
        **values: Any,
    ) -> DiscussionList:
        """A list with a circle of its own, or in a space whose circle it shares."""
        n = next(self._count)
        name = values.pop("name", f"Lijst {n}")
        pseudonyms = values.pop("pseudonyms", False)
        circle = space.circle if space else self.circle(visibility, pseudonyms)
        made = self.save(
            DiscussionList(
                **{
                    "short_name": f"lijst-{n}",
                    "name": name,
                    "sort_key": sort_key(name),
                    "circle_id": circle.id,
                    "space_id": space.id if space else None,
                    "created_at": clock.now(),
                }
                | values
            )
        )
        made.circle = circle
        if coordinator is not None:
            self.join(coordinator, circle, Standing.COORDINATOR)
        return made

    def discussion(
        self,
        list: DiscussionList,
        author: Member | Persona,
        posts: int = 1,
        text: str = "Wie heeft hier ervaring mee?",
        **values: Any,
    ) -> Discussion:
        """A discussion with so many posts by its author, a minute apart, the last one now."""
        n = next(self._count)
        persona = author if isinstance(author, Persona) else self.persona(author)
        now = clock.now()
        made = Discussion(
            **{
                "list_id": list.id,
                "kind": DiscussionKind.CONVERSATION,
                "title": f"Gesprek {n}",
                "author_id": persona.id,
                "created_at": now - timedelta(minutes=posts),
                "last_post_at": now,
                "last_number": posts,
                "post_count": posts,
                "words": posts * markup.word_count(text),
            }
            | values
        )
        with unit_of_work() as session:
            session.add(made)
            session.flush()
            for number in range(1, posts + 1):
                session.add(
                    Post(
                        discussion_id=made.id,
                        number=number,
                        author_id=persona.id,
                        source=text,
                        html=markup.render(text),
                        words=markup.word_count(text),
                        created_at=now - timedelta(minutes=posts - number),
                    )
                )
        return made

    def gathering(
        self,
        organiser: Member | Persona,
        space: Space | None = None,
        visibility: Visibility = Visibility.OPEN,
        **values: Any,
    ) -> Gathering:
        """A gathering in a space, or for the community; in ten days, of two hours."""
        n = next(self._count)
        starts_at = values.pop("starts_at", clock.now() + timedelta(days=10))
        circle = space.circle if space is not None else self.circle(visibility)
        persona = organiser if isinstance(organiser, Persona) else self.persona(organiser)
        made = self.save(
            Gathering(
                **{
                    "uid": f"gathering-{n}@example.org",
                    "kind": GatheringKind.MEETING,
                    "circle_id": circle.id,
                    "space_id": space.id if space is not None else None,
                    "organiser_id": persona.id,
                    "title": f"Samen verder {n}",
                    "starts_at": starts_at,
                    "ends_at": starts_at + timedelta(hours=2),
                    "setting": Setting.ON_SITE,
                    "place": "Buurthuis De Linde",
                    "created_at": clock.now(),
                    "moved_at": clock.now(),
                    "going": 0,
                    "waiting": 0,
                }
                | values
            )
        )
        made.circle = circle
        return made

    def group(
        self,
        organiser: Member,
        *others: Member,
        kind: GroupKind = GroupKind.INTERVISIE,
        visibility: Visibility = Visibility.CLOSED,
        facilitates: bool = True,
        **values: Any,
    ) -> Group:
        """A group that the organiser facilitates; everybody in it agreed to its rules."""
        n = next(self._count)
        with unit_of_work() as session:
            made = operations.start(
                session,
                self.actor(organiser),
                operations.Details(
                    **{
                        "kind": kind,
                        "name": f"Samen sterk {n}",
                        "purpose": "Leren van elkaars praktijk.",
                        "rules": "- Wat hier gezegd wordt, blijft hier.",
                        "size": 8,
                        "every_weeks": 6,
                        "minutes": 90,
                    }
                    | values
                ),
                visibility,
                clock.now(),
                facilitates=facilitates,
            )
            made.circle  # noqa: B018  # loaded, to be read afterwards
        for member in others:
            self.join(member, made.circle)
            self.agree(member, made)
        return made

    def agree(self, member: Member, group: Group) -> None:
        """The member agrees to the rules of the group as they are."""
        with unit_of_work() as session:
            version = session.get_one(Group, group.id).rules_version
            operations.agree(session, self.actor(member), group.id, version, clock.now())

    def group_date(
        self, group: Group, organiser: Member, starts_at: datetime | None = None, **values: Any
    ) -> Gathering:
        """A date of the group, planned by who organises it; in ten days, at its own length."""
        with unit_of_work() as session:
            return dates.plan(
                session,
                self.actor(organiser),
                group.id,
                [starts_at or clock.now() + timedelta(days=10)],
                dates.Where(
                    **{"setting": Setting.ON_SITE, "place": "Buurthuis De Linde"}
                    | {"minutes": group.minutes}
                    | values
                ),
                clock.now(),
            )[0]

    def date_poll(
        self, organiser: Member, space: Space | None = None, dates: int = 3, **values: Any
    ) -> DatePoll:
        """A date that is looked for: so many proposals, a day apart, from in ten days on."""
        n = next(self._count)
        circle = space.circle if space is not None else self.circle(Visibility.OPEN)
        starts_at = (clock.now() + timedelta(days=10)).replace(second=0, microsecond=0)
        made = self.save(
            DatePoll(
                **{
                    "kind": GatheringKind.MEETING,
                    "circle_id": circle.id,
                    "space_id": space.id if space is not None else None,
                    "organiser_id": self.persona(organiser).id,
                    "title": f"Wanneer zien we elkaar {n}?",
                    "created_at": clock.now(),
                    "closes_at": clock.now() + timedelta(days=5),
                }
                | values
            )
        )
        for day in range(dates):
            start = starts_at + timedelta(days=day)
            end = start + timedelta(hours=2)
            self.save(PollOption(poll_id=made.id, starts_at=start, ends_at=end))
        return made

    def attendance(
        self,
        gathering: Gathering,
        member: Member,
        coming: Coming = Coming.GOING,
        persona: Persona | None = None,
        **values: Any,
    ) -> Attendance:
        """Somebody who comes, or waits; the gathering's counts go along."""
        with unit_of_work() as session:
            kept = session.get_one(Gathering, gathering.id)
            kept.going += coming == Coming.GOING
            kept.waiting += coming == Coming.WAITING
        return self.save(
            Attendance(
                **{
                    "gathering_id": gathering.id,
                    "member_id": member.id,
                    "persona_id": (persona or self.persona(member)).id,
                    "coming": coming,
                    "since": clock.now(),
                }
                | values
            )
        )

    def actor(self, member: Member) -> Actor:
        return Actor(member.id, SiteRole(member.site_role))
