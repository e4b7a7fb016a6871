"""The demo's gatherings, and a date that is looked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from cop.demo import content
from cop.gatherings import when
from cop.gatherings.models import Attendance, Coming, Gathering
from cop.gatherings.poll_models import Can, DatePoll, PollAnswer, PollOption, PollVoter
from cop.members.models import Member, Persona
from cop.platform import markup
from cop.platform.i18n import DEFAULT_ZONE
from cop.spaces.circles import Circle, Visibility
from cop.spaces.models import Space

_CAN = {"y": Can.YES, "m": Can.IF_NEED_BE, "n": Can.NO}
_ZONE = ZoneInfo(DEFAULT_ZONE)


@dataclass(frozen=True)
class _Building:
    """What was made so far; `name_in` is the name of somebody in a circle."""

    session: Session
    members: Mapping[str, Member]
    spaces: Mapping[str, Space]
    name_in: Callable[[str, Circle], Persona]
    now: datetime


def build(
    session: Session,
    members: Mapping[str, Member],
    spaces: Mapping[str, Space],
    name_in: Callable[[str, Circle], Persona],
    now: datetime,
) -> None:
    """Make them, each in its space or for the community."""
    to = _Building(session, members, spaces, name_in, now)
    for text in content.read("gatherings")["gathering"]:
        _gathering(to, text)
    for text in content.read("gatherings")["date_poll"]:
        _date_poll(to, text)


def _gathering(to: _Building, text: dict[str, Any]) -> None:
    space = to.spaces[text["space"]] if text["space"] else None
    circle = space.circle if space is not None else Circle(visibility=Visibility.OPEN)
    to.session.add(circle)
    to.session.flush()
    day = to.now.astimezone(_ZONE).date() + timedelta(days=text["in_days"])
    starts_at = when.moment(day, time.fromisoformat(text["at"]))
    planned_at = min(starts_at, to.now) - timedelta(days=20)
    source, report = text["text"].strip(), text["report"].strip()
    made = Gathering(
        uid=f"{uuid4().hex}@demo.example.org",
        kind=text["kind"],
        circle_id=circle.id,
        space_id=space.id if space is not None else None,
        organiser_id=to.name_in(text["organiser"], circle).id,
        title=text["title"],
        source=source,
        html=markup.render(source),
        words=markup.word_count(source),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=text["minutes"]),
        setting=text["setting"],
        place=text["place"],
        link=text["link"],
        seats=text["seats"] or None,
        going=len(text["going"]),
        waiting=len(text["waiting"]),
        created_at=planned_at,
        moved_at=planned_at,
    )
    if report:
        made.report, made.report_html = report, markup.render(report)
        made.report_by_id, made.report_version = made.organiser_id, 1
        made.report_at = min(made.ends_at + timedelta(days=1), to.now)
    to.session.add(made)
    to.session.flush()
    answers = [(key, Coming.GOING) for key in text["going"]]
    answers += [(key, Coming.WAITING) for key in text["waiting"]]
    for n, (key, coming) in enumerate(answers):
        to.session.add(
            Attendance(
                gathering_id=made.id,
                member_id=to.members[key].id,
                persona_id=to.name_in(key, circle).id,
                coming=coming,
                since=planned_at + timedelta(hours=n + 1),
            )
        )


def _date_poll(to: _Building, text: dict[str, Any]) -> None:
    space = to.spaces[text["space"]] if text["space"] else None
    circle = space.circle if space is not None else Circle(visibility=Visibility.OPEN)
    to.session.add(circle)
    to.session.flush()
    today = to.now.astimezone(_ZONE).date()
    source = text["text"].strip()
    poll = DatePoll(
        kind=text["kind"],
        circle_id=circle.id,
        space_id=space.id if space is not None else None,
        organiser_id=to.name_in(text["organiser"], circle).id,
        title=text["title"],
        source=source,
        html=markup.render(source),
        words=markup.word_count(source),
        created_at=to.now - timedelta(days=2),
        closes_at=when.moment(today + timedelta(days=text["closes_in_days"] + 1), time()),
    )
    to.session.add(poll)
    to.session.flush()
    starts = [
        when.moment(today + timedelta(days=days), time.fromisoformat(at))
        for days, at in text["dates"]
    ]
    length = timedelta(minutes=text["minutes"])
    options = [PollOption(poll_id=poll.id, starts_at=s, ends_at=s + length) for s in starts]
    to.session.add_all(options)
    for key, said in text["answers"].items():
        voter = PollVoter(
            poll_id=poll.id,
            member_id=to.members[key].id,
            persona_id=to.name_in(key, circle).id,
            comes=True,
            answered_at=to.now - timedelta(days=1),
        )
        to.session.add(voter)
        to.session.flush()
        to.session.add_all(
            PollAnswer(voter_id=voter.id, option_id=option.id, can=_CAN[letter])
            for option, letter in zip(options, said, strict=True)
        )
