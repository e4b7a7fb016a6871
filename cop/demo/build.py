"""Builds the demo community in one transaction: all of it is there, or nothing."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cop.demo import (
    beraad,
    cases,
    content,
    discussions,
    expertise,
    gatherings,
    groups,
    intervisie,
    markets,
    practices,
)
from cop.discussions.models import DiscussionList
from cop.members.models import (
    Member,
    MemberOrganisation,
    MemberRoleTag,
    MemberState,
    MemberTheme,
    Organisation,
    Persona,
    PersonaKind,
    SiteSettings,
    Theme,
)
from cop.platform import markup
from cop.platform.errors import Refused
from cop.platform.i18n import sort_key
from cop.spaces.circles import Circle, CircleMembership, Standing
from cop.spaces.models import LogbookEntry, Measure, MeasureValue, Space, SpaceKind


class Builder:
    """Carries what was made so far, by the keys that the texts use."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now
        self.themes = {t.slug: t for t in session.scalars(select(Theme))}
        self.organisations: dict[str, Organisation] = {}
        self.members: dict[str, Member] = {}
        self.own: dict[str, Persona] = {}
        self.spaces: dict[str, Space] = {}
        self.lists: dict[str, DiscussionList] = {}
        self.pseudonyms: dict[int, dict[str, Persona]] = {}  # circle id → name → persona
        self.mentions: dict[str, markup.Mention] = {}

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def build(self) -> None:
        self._site()
        self._organisations()
        self._members()
        for text in content.read("spaces")["space"]:
            self._space(text)
        for text in content.read("lists")["list"]:
            self._list(text)
        discussions.build(
            self.session,
            self.members,
            self.own,
            self.lists,
            self.themes,
            self.mentions,
            self._author,
            self.now,
        )
        gatherings.build(self.session, self.members, self.spaces, self.name_in, self.now)
        self.session.flush()
        cases.build(self.session, self.members, self.own, self.spaces, self.themes, self.now)
        groups.build(self.session, self.members, self.own, self.now)
        beraad.build(self.session, self.members, self.now)
        practices.build(
            self.session,
            self.members,
            self.own,
            self.spaces,
            self.themes,
            self.organisations,
            self.now,
        )
        expertise.build(
            self.session, self.members, self.own, self.themes, self.organisations, self.now
        )
        intervisie.build(self.session, self.members, self.now)
        markets.build(self.session, self.members, self.own, self.themes, self.now)

    def _site(self) -> None:
        text = content.read("site")
        site = self.session.get(SiteSettings, 1) or SiteSettings(id=1)
        site.name, site.tagline = text["name"], text["tagline"]
        site.welcome, site.welcome_html = text["welcome"], markup.render(text["welcome"], top=2)
        site.house_rules = text["house_rules"]
        site.house_rules_html = markup.render(text["house_rules"], top=2)
        site.sign_up = "request"
        self.session.add(site)

    def _organisations(self) -> None:
        for text in content.read("organisations")["organisation"]:
            values = {k: text[k] for k in ("name", "kind", "region", "website")}
            made = Organisation(slug=text["key"], sort_key=sort_key(text["name"]), **values)
            self.organisations[text["key"]] = made
            self.session.add(made)
        self.session.flush()

    def _members(self) -> None:
        for n, text in enumerate(content.read("members")["member"]):
            joined = self.ago(420 - 8 * n)
            shown = text["role_shown"]
            member = Member(
                email=text["email"],
                site_role=text["site_role"],
                state=MemberState.ACTIVE,
                language=text["language"],
                profession=text["profession"],
                cluster=text["cluster"] or None,
                region=text["region"],
                about=text["about"].strip(),
                created_at=joined,
                verified_at=joined,
                agreed_rules_at=joined,
                demo_hint=text.get("demo_hint") if text.get("demo_sign_in") else None,
                role_tags=[MemberRoleTag(tag=tag, shown=shown) for tag in text["roles"]],
                organisations=[
                    MemberOrganisation(organisation_id=self.organisations[key].id)
                    for key in text["organisations"]
                ],
                themes=[MemberTheme(theme_id=self.themes[slug].id) for slug in text["themes"]],
            )
            handle = sort_key(text["name"]).replace(" ", "-")
            own = Persona(
                kind=PersonaKind.SELF,
                handle=handle,
                name=text["name"],
                sort_key=sort_key(text["name"]),
                roles=text["roles"] if shown else [],
            )
            member.personas.append(own)
            self.members[text["key"]], self.own[text["key"]] = member, own
            self.mentions[handle] = markup.Mention(f"/leden/{handle}", own.name)
            self.session.add(member)
        self.session.flush()

    def _circle(self, text: dict[str, Any], people: list[str]) -> Circle:
        circle = Circle(visibility=text["visibility"], allows_pseudonyms=text["allows_pseudonyms"])
        self.session.add(circle)
        self.session.flush()
        names = {
            member: self._pseudonym(member, name) for member, name in text["pseudonyms"].items()
        }
        self.pseudonyms[circle.id] = {persona.name: persona for persona in names.values()}
        coordinators = text["coordinators"]
        for n, key in enumerate(dict.fromkeys([*coordinators, *people, *names])):
            standing = Standing.COORDINATOR if key in coordinators else Standing.JOINED
            self.session.add(
                CircleMembership(
                    circle_id=circle.id,
                    member_id=self.members[key].id,
                    persona_id=names.get(key, self.own[key]).id,
                    standing=standing,
                    since=self.ago(300 - 3 * n),
                )
            )
        return circle

    def _pseudonym(self, key: str, name: str) -> Persona:
        persona = Persona(
            member_id=self.members[key].id,
            kind=PersonaKind.PSEUDONYM,
            handle=sort_key(name).replace(" ", "-"),
            name=name,
            sort_key=sort_key(name),
        )
        self.session.add(persona)
        self.session.flush()
        return persona

    def _space(self, text: dict[str, Any]) -> None:
        circle = self._circle(text, text["members"])
        same = ("kind", "name", "summary", "for_whom", "place", "region", "partners", "funder")
        stage = text["stage"] if text["kind"] == SpaceKind.PROEFTUIN else None
        space = Space(
            **{name: text[name] for name in same},
            circle_id=circle.id,
            slug=text["key"],
            sort_key=sort_key(text["name"]),
            aim=text["aim"].strip(),
            aim_html=markup.render(text["aim"].strip()),
            funded_until=text["funded_until"] or None,
            stage=stage,
            contact_id=self.own[text["contact"]].id,
            created_at=self.ago(700),
            themes=[self.themes[slug] for slug in text["themes"]],
            organisations=[self.organisations[key] for key in text["organisations"]],
        )
        space.circle = circle
        self.session.add(space)
        self.session.flush()
        self.spaces[text["key"]] = space
        for entry in text.get("logbook", []):
            self.session.add(
                LogbookEntry(
                    space_id=space.id,
                    author_id=self._author(entry["author"], circle).id,
                    at=self.ago(entry["days_ago"]),
                    title=entry["title"],
                    source=entry["text"].strip(),
                    html=markup.render(entry["text"].strip(), self.mentions),
                )
            )
        for measure in text.get("measure", []):
            self._measure(space, measure)

    def _measure(self, space: Space, text: dict[str, Any]) -> None:
        self.session.add(
            Measure(
                space_id=space.id,
                kind=text["kind"],
                name=text["name"],
                unit=text["unit"],
                higher_is_better=text["better"] == "higher",
                definition=text["definition"],
                created_at=self.ago(600),
                values=[
                    MeasureValue(on=v["on"], value=v["value"], people=v["n"], note=v["note"])
                    for v in text["values"]
                ],
            )
        )

    def _list(self, text: dict[str, Any]) -> None:
        space = self.spaces[text["space"]] if text["space"] else None
        own_circle = text["visibility"] != "space"
        circle = (
            self._circle(text, text["subscribers"])
            if own_circle or space is None
            else self.session.get_one(Circle, space.circle_id)
        )
        made = DiscussionList(
            short_name=text["short_name"],
            name=text["name"],
            sort_key=sort_key(text["name"]),
            description=text["description"],
            circle_id=circle.id,
            space_id=space.id if space else None,
            start_by=text["start_by"],
            answer_by=text["answer_by"],
            created_at=self.ago(600),
        )
        made.circle = circle
        self.session.add(made)
        self.session.flush()
        self.lists[text["short_name"]] = made

    def _author(self, key: str, circle: Circle) -> Persona:
        """The persona that a text names: 'pseudonym:Merel' in its circle, else a member's own."""
        if key.startswith("pseudonym:"):
            return self.pseudonyms[circle.id][key.removeprefix("pseudonym:")]
        return self.own[key]

    def name_in(self, key: str, circle: Circle) -> Persona:
        """The name under which somebody takes part in a circle, else their own."""
        member_id = self.members[key].id
        taken = self.pseudonyms.get(circle.id, {}).values()
        return next((p for p in taken if p.member_id == member_id), self.own[key])


def is_empty(session: Session) -> bool:
    """Nobody is a member yet."""
    return session.scalar(select(Member.id).limit(1)) is None


def build(session: Session, now: datetime) -> Builder:
    """The small community.

    Raises:
        Refused: somebody is a member already; a demo never mixes with real people.
    """
    if not is_empty(session):
        raise Refused("the database already has members; a demo needs an empty one")
    builder = Builder(session, now)
    builder.build()
    return builder
