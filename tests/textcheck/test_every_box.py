"""What is written beside the work itself is looked at too: reasons, answers, mails, requests."""

from datetime import timedelta

from sqlalchemy import select

from cop.cases.models import CaseState
from cop.discussions.models import Post
from cop.members.models import SignUp, SiteRole, SiteSettings
from cop.moderation.models import Decision, Report
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.spaces.circles import Visibility
from tests.cases.walking import walk

TELLS = "Mevrouw Jansen (34) drinkt weer, haar zoon Daan is 9."


def test_each_box_asks_once_and_the_author_decides(make, browser) -> None:
    make.save(SiteSettings(id=1, name="Proefplaats", sign_up=SignUp.REQUEST))
    coordinator, joined, outsider, reporter = (make.member() for _ in range(4))
    moderator = make.member(site_role=SiteRole.MODERATOR)
    space = make.space(Visibility.CLOSED, coordinator=coordinator)
    make.join(joined, space.circle)
    pseudonym = make.pseudonym(joined, make.circle(pseudonyms=True))
    applicant = make.member(state="requested")
    post = make.discussion(make.list(coordinator=coordinator), joined)
    with unit_of_work() as session:
        post_id = session.scalar(select(Post.id).where(Post.discussion_id == post.id))
    report = make.save(
        Report(
            reporter_id=reporter.id,
            concerned_id=joined.id,
            subject="post:1",
            version=1,
            reason="recognisable",
            passage="Iets.",
            note="",
            at=clock.now() - timedelta(hours=1),
        )
    )
    case = walk(make, coordinator).to(CaseState.SHARED, space.circle, outsider)
    handle = make.persona(joined).handle
    circle = f"/kringen/{space.circle_id}"
    wish = {"name": "Noor Visser", "email": "nieuw@example.org", "agreed": "y"}
    boxes = (
        (outsider, f"/berichten/{post_id}/melden", "note", {"reason": "other"}),
        (joined, f"/casussen/{case.id}/melden", "note", {"reason": "other"}),
        (None, "/aanmelden", "motivation", wish),
        (outsider, f"{circle}/deelnemen", "why", {"under": "own"}),
        (coordinator, f"{circle}/leden/{handle}/verwijderen", "reason", {}),
        (coordinator, f"/berichten/{post_id}/verwijderen", "reason", {}),
        (moderator, "/ik/uitnodigingen", "note", {"uses": "1", "days": "5"}),
        (moderator, f"/aanmeldingen/{applicant.id}/nee", "words", {}),
        (moderator, f"/leden/{pseudonym.handle}/onthulling", "reason", {}),
        (moderator, f"/moderatie/{report.id}", "request", {"decision": Decision.ASK}),
    )
    for member, page, box, others in boxes:
        sender = browser(member)
        asked = sender.send(page, others | {box: TELLS})
        assert asked.status_code == 422, page
        assert "Share it anyway" in asked.text, page
        assert 'id="textcheck"' in asked.text, page
        sent = sender.send(page, others | {box: TELLS, "anyway": "yes"})
        assert sent.status_code in (200, 302), (page, sent.text)
        assert "Share it anyway" not in sent.text, page


def test_what_is_urgent_goes_to_the_moderators_at_once(make, browser) -> None:
    post = make.discussion(make.list(), make.member())
    with unit_of_work() as session:
        post_id = session.scalar(select(Post.id).where(Post.discussion_id == post.id))
    fields = {"reason": "other", "urgent": "y", "note": TELLS}
    sent = browser(make.member()).send(f"/berichten/{post_id}/melden", fields)
    assert sent.status_code == 302, sent.text
