"""A sample of everything that an address can name: what tests that walk the URL map visit.

`shown` things are public; `hidden` ones are in a private circle that only their owner is in;
`absent` ones do not exist. A rule with an argument that `arguments` does not know fails the walk
until somebody says here what it stands for.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select, update
from werkzeug.routing import Rule

from cop.discussions import polls as choice_polls
from cop.discussions.models import Attachment, Discussion, DiscussionList, Post, PostRemoval
from cop.discussions.poll_models import Choice
from cop.gatherings import guests, own_calendar, polling
from cop.gatherings.models import Coming, Gathering, OwnCalendar
from cop.gatherings.poll_models import PollOption
from cop.incoming.models import CutText, IncomingMail, Outcome, Reason, Route
from cop.incoming.posting import Letter
from cop.members import invitations, links, mail_links
from cop.members.mail_links import MailAbout
from cop.members.models import LinkPurpose, Member, MemberState, Persona, Reveal, SiteRole
from cop.moderation import files
from cop.moderation.models import Report
from cop.notifications.models import Notification
from cop.platform import clock, storage
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from cop.spaces.circles import CircleInvitation, CircleRemoval, Visibility
from cop.spaces.models import LogbookEntry, Measure, MeasureValue, Space, SpaceFile
from tests.beraad.town import beraad
from tests.cases.town import cases
from tests.contacts.town import contacts
from tests.expertise.town import expertise
from tests.finding.town import kept
from tests.groups.town import groups
from tests.intervisie.town import intervisie
from tests.markets.town import markets
from tests.practices.town import practices
from tests.sessions.town import sessions
from tests.support.factories import Factory

ABSENT = {
    "int": 987_654_321,
    "string": "bestaat-niet",
    "token": "A" * 43,
}


def needed(rule: Rule) -> set[str]:
    """The arguments that stand in the rule's address."""
    return set(rule.arguments) - set(rule.defaults or ())


class Sample(dict[str, Any]):
    """Values by the name of an argument; `|=` refuses to give a name another meaning."""

    def __ior__(self, more: dict[str, Any]) -> "Sample":  # type: ignore[override, misc]
        twice = {name for name in more if name in self and self[name] != more[name]}
        if twice:
            raise LookupError(f"tests: two things called {sorted(twice)}; name the endpoint")
        self.update(more)
        return self


@dataclass
class Town:
    """The sample; `values[which]` maps an argument, or 'endpoint.argument', to its value.

    Attributes:
        owner: administrator, and coordinator and author of everything.
        hidden_too: arguments whose thing is in a circle, so that a hidden one exists.
    """

    owner: Member
    shown: Sample = field(default_factory=Sample)
    hidden: Sample = field(default_factory=Sample)

    def arguments(self, rule: Rule, which: str) -> dict[str, Any] | None:
        """The rule's arguments; None when nothing of that kind exists ('hidden' for a handle)."""
        found: dict[str, Any] = {}
        differs = which != "hidden"
        for name in needed(rule):
            keys = (f"{rule.endpoint}.{name}", name)
            key = next((k for k in keys if k in self.shown), None)
            if key is None:
                raise LookupError(f"tests/support/town.py: what does {keys[0]} ({rule}) stand for?")
            if which == "absent":
                found[name] = ABSENT["int" if isinstance(self.shown[key], int) else "token"]
            elif which == "hidden" and key in self.hidden:
                found[name] = self.hidden[key]
                differs = True
            else:
                found[name] = self.shown[key]
        return found if differs else None


def build(make: Factory) -> Town:
    """Make the sample; each row is committed."""
    owner = make.member("Eva van Dijk", site_role=SiteRole.ADMINISTRATOR)
    town = Town(owner)
    now = clock.now()
    organisation = make.organisation()
    job = make.save(
        Job(kind="town.none", payload={}, run_at=now, created_at=now, dead_at=now, attempts=12)
    )
    mail = make.save(
        OutgoingMail(
            **{
                "key": "town",
                "message_id": "<town@example.org>",
                "recipient": "iemand@example.org",
                "subject": "Een bericht",
                "text": "Tekst",
                "html": "<p>Tekst</p>",
                "language": "nl",
                "created_at": now,
                "try_at": now,
                "dead_at": now,
            }
        )
    )
    town.shown |= {
        "administration.organisation.row_id": organisation.id,
        "administration.retire_organisation.row_id": organisation.id,
        "administration.theme.row_id": 1,
        "administration.retire_theme.row_id": 1,
        "job_id": job.id,
        "mail_id": mail.id,
        "handle": make.persona(owner).handle,
        "mailing.by_link.token": mail_links.token(owner.id, MailAbout.DIGEST),
        "mailing.stop.token": mail_links.token(owner.id, MailAbout.DIGEST),
        "filename": "css/site.css",
    }
    town.shown |= _of_members(make, owner)
    other = make.member("Ayoub Bakkali")
    waiting = _report(make, other, make.member(), 1)
    handled = _report(make, owner, other, 2, decided_at=now, decision="nothing", answer="Dank je.")
    asked = _report(
        make, other, owner, 3, decided_at=now, decision="ask", request="Kan het anders?"
    )
    with unit_of_work() as session:
        sent = storage.keep(session, BytesIO(b"Een verslag."), "verslag.txt", now)
        files.enclose(session, waiting, [sent], now)
    notification = make.save(
        Notification(
            member_id=owner.id,
            kind="moderation.answered",
            subject_id=handled.id,
            key="town",
            at=now,
        )
    )
    town.shown |= {
        "notification_id": notification.id,
        "report_id": waiting.id,
        "moderation.answer.report_id": handled.id,
        "moderation.decision.report_id": asked.id,
        "moderation.enclosed.report_id": waiting.id,
        "moderation.enclosed.number": 1,
    }
    town.shown |= kept(make, town.owner)
    for values, visibility in (
        (town.shown, Visibility.PUBLIC),
        (town.hidden, Visibility.PRIVATE),
    ):
        space = make.space(visibility, coordinator=owner)
        _fill(make, values, space, owner)
        circle = make.list(visibility, coordinator=owner)
        discussion = make.discussion(circle, owner, posts=3)
        _poll_in(make, discussion.id, owner)
        _attach(discussion.id, now)
        values |= {
            "slug": space.slug,
            "circle_id": space.circle_id,
            "removal_id": make.save(
                CircleRemoval(
                    circle_id=space.circle_id,
                    member_id=owner.id,
                    persona_id=make.persona(owner).id,
                    reason="Niet echt.",
                    at=now,
                )
            ).id,
            "short_name": circle.short_name,
            "discussion_id": discussion.id,
            "post_id": _post_id(discussion.id, 2),
            "place": f"discussion:{discussion.id}",
        }
        with unit_of_work() as session:
            yielded = session.get_one(Discussion, discussion.id)
            yielded.outcome, yielded.outcome_html = "We bellen.", "<p>We bellen.</p>"
            yielded.outcome_at = now
        values |= {
            "harvest.make.kind": "discussion",
            "harvest.make.thing_id": discussion.id,
            "harvest.make.into": "practice",
        }
        _tended(make, values, circle, owner, other, now)
        gatherings(make, values, space, owner, other)
        values |= practices(make, owner, other, space)
        _came_in(make, values, circle, owner, now)
    of_groups = groups(make, owner, other) | sessions(make, owner, other)
    of_groups |= intervisie(make, owner, other, of_groups)
    town.shown |= of_groups
    town.hidden |= of_groups  # private ones
    town.shown |= {"sessions.method.kind": "intervisie", "sessions.method.key": "incident"}
    with unit_of_work() as session:
        own_calendar.renew_feed(session, make.actor(owner))
        own = session.get_one(OwnCalendar, owner.id)
        town.shown["gatherings.feed.token"] = own.token
    _ask_in(make, town, other)
    _guest(make, town, owner)
    of_cases = cases(make, owner, other)
    town.shown |= of_cases
    town.hidden |= of_cases  # in a private space
    for values in (town.shown, town.hidden):
        values["finding.akin.kind"] = "discussion"
        values["finding.akin.thing_id"] = values["discussion_id"]
    shown, hidden = expertise(make, owner, other)
    town.shown |= shown
    town.hidden |= hidden
    shown, hidden = contacts(make, owner, other)
    town.shown |= shown | hidden
    town.hidden |= hidden
    of_markets = markets(make, owner, other)
    town.shown |= of_markets
    town.hidden |= of_markets  # for a private space
    shown, hidden = beraad(make, owner)
    town.shown |= shown
    town.hidden |= hidden
    return town


def _poll_in(make: Factory, discussion_id: int, owner: Member) -> None:
    """A poll in a discussion, in which its author voted."""
    now = clock.now()
    with unit_of_work() as session:
        asked = choice_polls.Question(
            question="Waar zien we elkaar?",
            choices=["Utrecht", "Zwolle", "Online"],
            several=False,
            hidden=False,
            closes_on=now.date() + timedelta(days=9),
        )
        poll = choice_polls.ask(session, make.actor(owner), discussion_id, asked, now)
        first = session.scalars(select(Choice.id).where(Choice.poll_id == poll.id)).first()
        choice_polls.vote(session, make.actor(owner), discussion_id, [first or 0], now)


def _guest(make: Factory, town: Town, owner: Member) -> None:
    """A guest of the date that is looked for, and one of a date that was chosen."""
    now = clock.now()
    poll_id = town.shown["poll_id"]
    theirs = make.gathering(owner)
    with unit_of_work() as session:
        asked = guests.ask_for_poll(
            session, make.actor(owner), poll_id, "Gerda Gast", "gerda@example.org", now
        )
        gathering = session.get_one(Gathering, theirs.id)
        by_id = make.persona(owner).id
        comes = guests.ask_to_facilitate(
            session, gathering, by_id, "Gijs Gast", "gijs@example.org", now
        )
        guests.answer_gathering(session, comes, True, True, now)
        gathering.starts_at = now - timedelta(minutes=5)  # it has begun
        town.shown |= {
            "guest_id": asked.id,
            "gatherings.guest.token": guests.token(asked.id),
            "gatherings.guest_file.token": guests.token(comes.id),
            "groups.guest_presence.token": guests.token(comes.id),
            "sessions.done_as_guest.token": guests.token(comes.id),
            "sessions.lead_as_guest.token": guests.token(comes.id),
        }


def gatherings(
    make: Factory, values: dict[str, Any], space: Space, owner: Member, other: Member
) -> None:
    """One that is to come, with people and a waiting list; one that has been; one left alone."""
    now = clock.now()
    gathering = make.gathering(
        owner,
        space,
        source="Neem iets te eten mee.",
        html="<p>Neem iets te eten mee.</p>",
        seats=1,
        setting="mixed",
        link="https://video.example.org/kamer",
    )
    make.attendance(gathering, owner)
    make.attendance(gathering, make.member(), Coming.WAITING)
    been = make.gathering(owner, space, starts_at=now - timedelta(days=2))
    gone = make.member()
    with unit_of_work() as session:
        session.get_one(Persona, make.persona(gone).id).gone_at = now
    orphan = make.gathering(gone, space)
    make.attendance(orphan, owner)
    poll = make.date_poll(owner, space)
    with unit_of_work() as session:
        options = session.scalars(select(PollOption.id).where(PollOption.poll_id == poll.id)).all()
        for each in (owner, other):
            if each is other and space.circle.visibility != Visibility.PUBLIC:
                continue
            polling.answer(
                session, make.actor(each), poll.id, dict.fromkeys(options, "yes"), True, now
            )
    values |= {
        "poll_id": poll.id,
        "option_id": options[0],
        "gathering_id": gathering.id,
        "gatherings.report.gathering_id": been.id,
        "gatherings.take_over.gathering_id": orphan.id,
    }


def _ask_in(make: Factory, town: Town, other: Member) -> None:
    """A closed space that the owner can ask to join, and one that they are asked into."""
    for values, visibility in (
        (town.shown, Visibility.CLOSED),
        (town.hidden, Visibility.PRIVATE),
    ):
        space = make.space(visibility, coordinator=other, pseudonyms=True)
        values["circles.join.circle_id"] = space.circle_id
    asking = make.space(Visibility.CLOSED, coordinator=other, pseudonyms=True)
    make.save(
        CircleInvitation(
            circle_id=asking.circle_id,
            persona_id=make.persona(town.owner).id,
            member_id=town.owner.id,
            words="Kom je ook?",
            by_id=make.persona(other).id,
            at=clock.now(),
        )
    )
    town.shown["circles.invitation.circle_id"] = asking.circle_id


def _came_in(
    make: Factory,
    values: dict[str, Any],
    on: DiscussionList,
    owner: Member,
    now: datetime,
) -> None:
    """Mail that waits for the owner, mail of a stranger for the list, and what was cut."""
    for endpoint, member in (("one", owner), ("discard", owner), ("stranger", None)):
        number = f"{on.id}-{endpoint}"
        waits = Outcome.WAITS_SENDER if member else Outcome.WAITS_MODERATOR
        letter = Letter("Een vraag", "Wie weet het?", "> Hoe dan?", "iemand@example.org")
        mail = make.save(
            IncomingMail(
                received_at=now,
                source_key=number,
                message_key=number,
                target_key=number,
                sender_mark="",
                size=2000,
                route=Route.START,
                outcome=waits,
                reason=Reason.NO_KEY if member else Reason.UNKNOWN_SENDER,
                member_id=member.id if member else None,
                list_id=on.id,
                content=letter.sealed(),
            )
        )
        values[f"incoming.{endpoint}.mail_id"] = mail.id
        if member is None:
            values["incoming.discard_stranger.mail_id"] = mail.id
    cut = values["incoming.cut.post_id"] = values["post_id"]
    make.save(
        CutText(
            post_id=cut, member_id=owner.id, text="> Hoe dan?", kept_until=now + timedelta(days=9)
        )
    )


def _post_id(discussion_id: int, number: int) -> int:
    with reading() as session:
        return session.scalars(
            select(Post.id).where(Post.discussion_id == discussion_id, Post.number == number)
        ).one()


def _attach(discussion_id: int, now: datetime) -> None:
    with unit_of_work() as session:
        file = storage.keep(session, BytesIO(b"Een regel."), "verslag.txt", now)
        session.add(Attachment(post_id=_post_id(discussion_id, 2), file_id=file.id))


def _of_members(make: Factory, owner: Member) -> dict[str, Any]:
    """Links that still work, and what waits for a moderator."""
    now = clock.now()
    shown: dict[str, Any] = {}
    for endpoint, purpose, state in (
        ("confirm_address", LinkPurpose.CONFIRM, MemberState.UNVERIFIED),
        ("sign_in_link", LinkPurpose.SIGN_IN, MemberState.ACTIVE),
        ("new_password", LinkPurpose.PASSWORD, MemberState.ACTIVE),
        ("confirm_new_email", LinkPurpose.NEW_EMAIL, MemberState.ACTIVE),
    ):
        whose = make.member(state=state)
        with unit_of_work() as session:
            path = links.make(session, whose, purpose, now)
        shown[f"members.{endpoint}.token"] = path.rsplit("/", 1)[1]
    with unit_of_work() as session:
        invitation, path = invitations.make(
            session, make.actor(owner), invitations.Wanted(None, 9, 9), "nl", now
        )
    pseudonym = make.pseudonym(make.member(), make.circle(pseudonyms=True))
    own = make.pseudonym(owner, make.circle(pseudonyms=True))
    reveal = make.save(
        Reveal(
            persona_id=make.pseudonym(make.member(), make.circle(pseudonyms=True)).id,
            reason="Er is iets ernstigs gebeurd.",
            asked_by_id=make.member(site_role=SiteRole.MODERATOR).id,
            asked_at=now,
        )
    )
    return shown | {
        "members.sign_up.token": path.rsplit("/", 1)[1],
        "members.first_run_page.token": "B" * 43,
        "members.ask_reveal.handle": pseudonym.handle,
        "members.rename_pseudonym.handle": own.handle,
        "request_id": make.member(state=MemberState.REQUESTED).id,
        "invitation_id": invitation.id,
        "reveal_id": reveal.id,
        "sign_in_id": 1,
    }


def _tended(
    make: Factory,
    values: dict[str, Any],
    on: DiscussionList,
    owner: Member,
    other: Member,
    now: datetime,
) -> None:
    """A post by somebody else, one that the owner removed, one that was removed for them."""
    others = make.discussion(on, other, posts=2)
    values["tending.report.post_id"] = _post_id(others.id, 2)
    reported = f"post:{_post_id(others.id, 1)}"
    values["moderation.reported.report_id"] = _report(
        make, owner, other, 4, subject=reported, urgent=True
    ).id
    mine = make.discussion(on, owner, posts=3)
    put_back, removed = _post_id(mine.id, 2), _post_id(mine.id, 3)
    with unit_of_work() as session:
        gone = update(Post).where(Post.id.in_([put_back, removed])).values(deleted_at=now)
        session.execute(gone)
        session.add(
            PostRemoval(post_id=removed, by_id=make.persona(other).id, reason="Te veel.", at=now)
        )
    values["tending.put_back.post_id"] = put_back
    values["tending.removal.post_id"] = removed


def _fill(make: Factory, values: dict[str, Any], space: Space, owner: Member) -> None:
    """What stands in a space: an entry, a file, a measure with a value."""
    now, persona = clock.now(), make.persona(owner)
    entry = LogbookEntry(
        space_id=space.id,
        author_id=persona.id,
        at=now,
        title="Een stap",
        source="Tekst",
        html="<p>Tekst</p>",
    )
    measure = Measure(space_id=space.id, kind="own", name="Rust", created_at=now)
    measure.values.append(MeasureValue(on=date(2026, 3, 1), value=7.5, people=12))
    with unit_of_work() as session:
        stored = storage.keep(session, BytesIO(b"Een plan."), "plan.txt", now)
        kept = SpaceFile(
            space_id=space.id,
            file_id=stored.id,
            title="Plan",
            added_by_id=persona.id,
            added_at=now,
        )
        session.add_all((entry, measure, kept))
    values |= {
        "entry_id": entry.id,
        "measure_id": measure.id,
        "day": "2026-03-01",
        "space_file_id": kept.id,
        "files.serve.key": stored.key,
        "files.serve.name": stored.name,
        "mailing.to_file.key": stored.key,
        "mailing.to_file.name": stored.name,
    }


def _report(
    make: Factory, reporter: Member, concerned: Member, number: int, **values: Any
) -> Report:
    return make.save(
        Report(
            **{
                "reporter_id": reporter.id,
                "concerned_id": concerned.id,
                "subject": f"town:{number}",
                "reason": "other",
                "passage": "Een stukje tekst.",
                "note": "Ik schrok hiervan.",
                "at": clock.now(),
            }
            | values
        )
    )
