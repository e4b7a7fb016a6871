"""A group's own methods: a copy of a shipped one, in the group's words and with its times."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cop.groups.models import Group
from cop.groups.permissions import GROUPS, GroupPermission
from cop.members.actor import Actor
from cop.platform.blank import one_line, trimmed
from cop.platform.errors import NotFound, Refused
from cop.platform.i18n import gettext as _
from cop.sessions import methods
from cop.sessions.methods import MOST_MINUTES, MOST_STEPS, Method, Mode, Said, Speaks, Step
from cop.sessions.models import GroupMethod
from cop.sessions.permissions import METHODS, MethodPermission
from cop.spaces.operations import Stale
from cop.textcheck.asking import ask_author
from cop.textcheck.checks import Purpose

MOST_OWN = 20
MOST_NAME = 80
MOST_WORDS = 600
MOST_PROMPTS = 6
SILENT_KIND = "feedback"  # what is typed in a silent step of which nothing else is said


@dataclass(frozen=True, kw_only=True)
class EditedStep:
    """A step as a form says it; one prompt a line."""

    name: str
    purpose: str
    minutes: int
    speaks: str
    mode: str
    prompts: str = ""
    entries: Sequence[str] = ()
    board: str = ""
    takes_along: bool = False


@dataclass(frozen=True, kw_only=True)
class Edited:
    name: str
    about: str
    minutes: int
    steps: Sequence[EditedStep]


def copy(session: Session, actor: Actor, group_id: int, key: str, now: datetime) -> GroupMethod:
    """The group's own copy of a shipped method, in the language of who copies it.

    Raises:
        NotFound: the actor does not take part in the group, or there is no such method.
        Refused: the group has many already.
    """
    GROUPS.get(session, actor, GroupPermission.TAKE_PART, group_id)
    group = session.get_one(Group, group_id, with_for_update=True)
    base = methods.shipped(group.kind).get(key)
    if base is None:
        raise NotFound
    have = session.scalar(
        select(func.count())
        .select_from(GroupMethod)
        .where(GroupMethod.circle_id == group.circle_id, GroupMethod.retired_at.is_(None))
    )
    if have is not None and have >= MOST_OWN:
        raise Refused(_("Your group has %(most)s methods; take one away first.", most=MOST_OWN))
    made = GroupMethod(
        circle_id=group.circle_id,
        kind=group.kind,
        body=_in_one_language(base).as_json(),
        made_at=now,
        changed_at=now,
    )
    session.add(made)
    session.flush()
    return made


def _in_one_language(base: Method) -> Method:
    def once(said: Said) -> Said:
        return Said.once(str(said))

    steps = tuple(
        replace(
            step,
            name=once(step.name),
            purpose=once(step.purpose),
            prompts=tuple(map(once, step.prompts)),
        )
        for step in base.steps
    )
    name = Said.once(_("%(name)s, our own", name=base.name))
    return replace(
        base, key="own", name=name, about=once(base.about), fits=Said("", ""), steps=steps
    )


def change(
    session: Session,
    actor: Actor,
    method_id: int,
    edited: Edited,
    version: int,
    now: datetime,
    anyway: bool = False,
) -> Method:
    """Write what a form says; whether the steps add up is said, never forced.

    Raises:
        NotFound: not of a group that the actor is in.
        AuthorAsked: a check speaks up about what is new in it.
        Refused: something is missing or too much.
        Stale: somebody else changed it meanwhile.
    """
    METHODS.get(session, actor, MethodPermission.EDIT, method_id)
    row = session.get_one(GroupMethod, method_id, with_for_update=True, populate_existing=True)
    if row.version != version:
        raise Stale(row, row.version)
    if not 10 <= edited.minutes <= MOST_MINUTES:
        raise Refused(_("Fill in a number from 10 to %(most)s.", most=MOST_MINUTES), "minutes")
    steps = tuple(_step(each) for each in edited.steps)
    if not steps:
        raise Refused(_("A method has at least one step."), "steps")
    if len(steps) > MOST_STEPS:
        raise Refused(_("A method has at most %(most)s steps.", most=MOST_STEPS), "steps")
    was = methods.from_json(row.body)
    made = replace(
        was,
        name=Said.once(_line(edited.name, MOST_NAME, "name")),
        about=Said.once(_text(edited.about, "about")),
        minutes=edited.minutes,
        steps=steps,
    )
    before = set(_words(was))
    ask_author([w for w in _words(made) if w not in before], Purpose.SESSION, anyway)
    row.body, row.changed_at = made.as_json(), now
    row.version += 1
    session.flush()
    return made


def _words(method: Method) -> Iterator[str]:
    """Everything that a method says."""
    yield from (method.name.nl, method.about.nl)
    for step in method.steps:
        yield from (step.name.nl, step.purpose.nl, *(prompt.nl for prompt in step.prompts))


def _step(edited: EditedStep) -> Step:
    if not 1 <= edited.minutes <= MOST_MINUTES:
        raise Refused(_("Each step takes at least a minute."), "steps")
    if edited.speaks not in set(Speaks) or edited.mode not in set(Mode):
        raise Refused(_("Choose one of these, please."), "steps")
    prompts = [line.strip() for line in edited.prompts.splitlines() if line.strip()]
    if len(prompts) > MOST_PROMPTS:
        said = _("A step has at most %(most)s questions that help.", most=MOST_PROMPTS)
        raise Refused(said, "steps")
    # What is silent is written; a board has what is written on it.
    silent = edited.mode == Mode.SILENT and not edited.board
    return Step(
        name=Said.once(_line(edited.name, MOST_NAME, "steps")),
        purpose=Said.once(_text(edited.purpose, "steps")),
        minutes=edited.minutes,
        speaks=edited.speaks,
        mode=edited.mode,
        prompts=tuple(Said.once(_text(prompt, "steps")) for prompt in prompts),
        entries=tuple(edited.entries) or ((SILENT_KIND,) if silent else ()),
        board=edited.board,
        takes_along=edited.takes_along,
    )


def _line(text: str, most: int, field: str) -> str:
    text = one_line(text)
    if not text:
        raise Refused(_("Give it a name, please."), field)
    if len(text) > most:
        raise Refused(_("Keep it to %(most)s characters, please.", most=most), field)
    return text


def _text(text: str, field: str) -> str:
    text = trimmed(text)
    if len(text) > MOST_WORDS:
        raise Refused(_("Keep it to %(most)s characters, please.", most=MOST_WORDS), field)
    return text


def retire(session: Session, actor: Actor, method_id: int, now: datetime) -> GroupMethod:
    """Offer it no longer; sessions that were held by it keep it.

    Raises:
        NotFound: not of a group that the actor is in.
    """
    row = METHODS.get(session, actor, MethodPermission.EDIT, method_id)
    row.retired_at = now
    session.flush()
    return row
