"""Whatever administrators and moderators do in office is in the audit trail."""

from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Update, func, select, update

from cop.administration import routes
from cop.discussions.models import Discussion
from cop.members.models import Member, Reveal, SiteRole
from cop.platform.audit import AuditEntry
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from tests.support.client import Browser
from tests.support.factories import Factory
from tests.support.town import Town, build
from tests.test_access import ACCESS, ON_ONE, address, methods, rules


@dataclass(frozen=True)
class Act:
    """What is sent, and what is put right before, as another act has changed it."""

    data: dict[str, Any]
    before: Update | None = None


DONE = Act({})
REASON = {"reason": "Er is iets ernstigs gebeurd, en wie dit schreef loopt gevaar."}
MODERATORS = {"moderator", "administrator"}
DEAD = update(OutgoingMail).values(dead_at=func.current_timestamp())
# Each is for administrators or moderators as such; all of those stand here.
IN_OFFICE: dict[str, Act] = {
    "administration.mail_test": Act({"recipient": "eva@example.org"}),
    "administration.organisation": Act({"name": "De Linde", "kind": "other"}),
    "administration.retire_organisation": DONE,
    "administration.retire_theme": DONE,
    "administration.retry_job": DONE,
    "administration.drop_job": Act({}, update(Job).values(dead_at=func.current_timestamp())),
    "administration.retry_mail": DONE,
    "administration.retry_mails": Act({}, DEAD),
    "administration.role": Act({"role": "administrator"}),
    "administration.site": Act({"name": "Leergemeenschap"}),
    "administration.theme": Act({"name_nl": "Rust", "name_en": "Rest", "group": "theme"}),
    "finding.same_words": Act({"words": "rust, kalmte"}),
    "members.admit": DONE,
    "members.decline": Act({"words": "Nu niet."}, update(Member).values(state="requested")),
    "members.ask_reveal": Act(REASON),
    "members.agree_to_reveal": DONE,
    "members.refuse_reveal": Act({}, update(Reveal).values(decided_at=None)),
    "tending.announce": DONE,
    "tending.end_announcement": DONE,
    "tending.new_list": Act({"name": "Rust", "short_name": "rust", "visibility": "open"}),
}
# Each is for whoever has it in their care, and for moderators: done by one who only moderates.
BY_MODERATORS: dict[str, Act] = {
    "gatherings.cancel": Act({"why": "Er komt niemand."}),
    "incoming.discard_stranger": DONE,
    "moderation.take": DONE,
    "moderation.release": DONE,
    "moderation.report": Act({"decision": "nothing"}),
    "practices.take_back": DONE,
    "spaces.delete_entry": DONE,
    "spaces.delete_file": DONE,
    "tending.archive_list": DONE,
    "tending.reopen_list": DONE,
    "tending.note": Act({"content_note": "Over geweld"}),
    "tending.pin": DONE,
    "tending.unpin": DONE,
    "tending.reopen": Act({}, update(Discussion).values(closed_at=func.current_timestamp())),
    "tending.remove": Act({"reason": "Er staat een naam in."}),
}


def _newest() -> int:
    with reading() as session:
        return session.scalar(select(func.max(AuditEntry.id))) or 0


def _do(app: Flask, town: Town, who: Browser, table: dict[str, Act]) -> list[str]:
    """Each in turn; those that left no entry."""
    posts = {rule.endpoint: rule for rule in rules(app) if "POST" in methods(rule)}
    wrong = []
    for endpoint, act in table.items():
        if act.before is not None:
            with unit_of_work() as session:
                narrow = {Member: Member.id == town.shown["request_id"]}
                where = narrow.get(act.before.entity_description["entity"])
                session.execute(act.before if where is None else act.before.where(where))
        before, rule = _newest(), posts[endpoint]
        path = address(app, rule, town.arguments(rule, "shown") or {})
        answer = who.send(path, act.data) if "GET" in methods(rule) else who.post(path, act.data)
        if _newest() == before:
            wrong.append(f"{endpoint} {path}: {answer.status}")
    return wrong


@ON_ONE
def test_what_is_done_in_office_is_in_the_trail(
    app: Flask, make: Factory, browser: type[Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes.sending, "try_settings", lambda *_of: None)
    for_them = {endpoint for endpoint, level in ACCESS.items() if level in MODERATORS}
    acts = {rule.endpoint for rule in rules(app) if "POST" in methods(rule)}
    assert sorted(for_them & acts - IN_OFFICE.keys()) == [], "say here what is sent to these"
    town = build(make)
    asked = make.member("Olga Gevraagd")
    town.shown["administration.role.handle"] = make.persona(asked).handle
    assert _do(app, town, browser(town.owner), IN_OFFICE) == []
    moderator = browser(make.member(site_role=SiteRole.MODERATOR))
    assert _do(app, town, moderator, BY_MODERATORS) == []
    theirs = browser(asked)  # says no, which is an entry as well
    before = _newest()
    theirs.send("/ik/rol", {"answer": "no"})
    assert _newest() > before
