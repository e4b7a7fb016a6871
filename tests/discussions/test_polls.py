"""Polls in discussions: who asks, who votes, what is shown, one member one vote."""

from datetime import timedelta

from sqlalchemy import select

from cop.discussions import polls
from cop.discussions.models import WhoMay
from cop.discussions.poll_models import Choice, ChoiceAnswer, ChoicePoll, ChoiceVoter
from cop.gatherings import when
from cop.members import leaving
from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.platform.worker import run_due
from cop.spaces import joining
from cop.spaces.circles import Visibility

OPEN, CLOSED = Visibility.OPEN, Visibility.CLOSED


def form(**changes):
    day = when.local(clock.now()).date() + timedelta(days=7)
    return {
        "question": "Waar zien we elkaar?",
        "choices": "Utrecht\nZwolle\n\nUtrecht\nOnline",
        "closes_on": day.isoformat(),
    } | changes


def scene(make, browser, visibility=OPEN, **changes):
    """(author, discussion, its address) with a poll."""
    author = make.member("Eva Vraagt")
    on = make.list(visibility, coordinator=author)
    discussion = make.discussion(on, author)
    url = f"/discussies/{discussion.id}"
    assert browser(author).send(f"{url}/peiling", form(**changes)).status_code == 302
    return author, discussion, url, on


def labels():
    with unit_of_work() as session:
        return dict(
            session.execute(select(Choice.label, Choice.id).order_by(Choice.position)).all()
        )


def votes():
    with unit_of_work() as session:
        rows = session.execute(
            select(ChoiceVoter.member_id, Choice.label)
            .join(ChoiceAnswer, ChoiceAnswer.voter_id == ChoiceVoter.id)
            .join(Choice, Choice.id == ChoiceAnswer.choice_id)
            .order_by(Choice.position)
        ).all()
    return [tuple(row) for row in rows]


def test_one_member_one_vote_that_can_be_changed(make, browser):
    _author, _discussion, url, _on = scene(make, browser)
    ids = labels()
    assert list(ids) == ["Utrecht", "Zwolle", "Online"]
    member = make.member()
    page = browser(member)
    for choice in ("Zwolle", "Zwolle", "Utrecht"):
        page.post(f"{url}/peiling/stem", {"keuze": str(ids[choice])})
    assert votes() == [(member.id, "Utrecht")]
    answer = page.post(
        f"{url}/peiling/stem",
        {"keuze": [str(ids["Utrecht"]), str(ids["Zwolle"])]},
        follow_redirects=True,
    )
    assert "Choose one of these" in answer.text
    for wrong in ("", "x", "0", "99999999999", str(max(ids.values()) + 1)):
        page.post(f"{url}/peiling/stem", {"keuze": wrong})
    assert votes() == [(member.id, "Utrecht")]
    assert "one person voted" in page.get(url).text


def test_several_where_several_may_be_chosen(make, browser):
    _author, _discussion, url, _on = scene(make, browser, several="y")
    ids, member = labels(), make.member()
    chosen = [str(ids["Utrecht"]), str(ids["Online"])]
    browser(member).post(f"{url}/peiling/stem", {"keuze": chosen})
    assert votes() == [(member.id, "Utrecht"), (member.id, "Online")]


def test_a_hidden_outcome_is_shown_to_nobody_until_it_closes(make, browser):
    author, _discussion, url, _on = scene(make, browser, hidden="y")
    ids, member = labels(), make.member()
    browser(member).post(f"{url}/peiling/stem", {"keuze": str(ids["Zwolle"])})
    for each in (author, member, make.member(site_role=SiteRole.ADMINISTRATOR)):
        assert "<meter" not in browser(each).get(url).text
    browser(author).post(f"{url}/peiling/sluiten")
    assert "<meter" in browser(make.member()).get(url).text


def test_who_may_answer_may_vote_and_nobody_else(make, browser):
    _author, _discussion, url, on = scene(make, browser, CLOSED)
    inside, outside = make.member(), make.member(site_role=SiteRole.MODERATOR)
    make.join(inside, on.circle)
    choice = {"keuze": str(labels()["Zwolle"])}
    assert browser(outside).post(f"{url}/peiling/stem", choice).status_code == 404
    assert browser().post(f"{url}/peiling/stem", choice).status_code in (302, 401)
    assert browser(inside).post(f"{url}/peiling/stem", choice).status_code == 302
    assert browser(inside).post(f"{url}/peiling/sluiten").status_code == 404
    assert browser(inside).get(f"{url}/peiling").status_code == 404
    assert [member for member, _label in votes()] == [inside.id]
    with unit_of_work() as session:
        session.get_one(type(on), on.id).answer_by = WhoMay.COORDINATORS
    assert browser(inside).post(f"{url}/peiling/stem", choice).status_code == 404


def test_it_closes_itself_and_takes_no_votes_then(make, browser):
    _author, _discussion, url, _on = scene(make, browser)
    ids, member = labels(), make.member()
    with unit_of_work() as session:
        poll = session.scalars(select(ChoicePoll)).one()
        poll.closes_at = clock.now() - timedelta(minutes=1)
    page = browser(member)
    answer = page.post(f"{url}/peiling/stem", {"keuze": str(ids["Zwolle"])}, follow_redirects=True)
    assert "nobody answers any more" in answer.text
    with unit_of_work() as session:
        polls.close_due(session, {}, clock.now())
    with unit_of_work() as session:
        assert session.scalars(select(ChoicePoll.closed_at)).one() is not None
    assert votes() == []


def test_whoever_leaves_the_list_or_the_community_no_longer_counts(make, browser):
    _author, _discussion, url, on = scene(make, browser, CLOSED)
    first, second = make.member(), make.member()
    for member in (first, second):
        make.join(member, on.circle)
        browser(member).post(f"{url}/peiling/stem", {"keuze": str(labels()["Zwolle"])})
    with unit_of_work() as session:
        joining.leave(session, make.actor(first), on.circle_id, clock.now())
    run_due()
    assert [member for member, _label in votes()] == [second.id]
    with unit_of_work() as session:
        leaving.leave(session, make.actor(second), True, clock.now())
    run_due()
    assert votes() == []


def test_a_vote_under_a_pseudonym_is_the_pseudonyms_and_shown_to_nobody(make, browser):
    _author, _discussion, url, on = scene(make, browser, CLOSED)
    member = make.member("Ana Echt")
    hidden = make.pseudonym(member, on.circle, "Merel")
    browser(member).post(f"{url}/peiling/stem", {"keuze": str(labels()["Zwolle"])})
    with unit_of_work() as session:
        assert session.scalars(select(ChoiceVoter.persona_id)).one() == hidden.id
    text = browser(_author).get(url).text
    assert "Merel" not in text
    assert "Ana Echt" not in text


def test_what_cannot_be_is_refused_and_there_is_one_poll_at_most(make, browser):
    author = make.member()
    discussion = make.discussion(make.list(OPEN, coordinator=author), author)
    path = f"/discussies/{discussion.id}/peiling"
    page, failed = browser(author), []
    for wrong in (
        {"question": " "},
        {"choices": "Eén"},
        {"choices": "\n".join(map(str, range(500)))},
        {"choices": "a\n" + "b" * 121},
        {"closes_on": "2020-01-01"},
        {"closes_on": "2099-01-01"},
        {"closes_on": ""},
    ):
        if page.send(path, form(**wrong)).status_code != 422:
            failed.append(wrong)
    assert failed == []
    assert page.send(path, form()).status_code == 302
    assert page.send(path, form()).status_code == 422
    assert browser(make.member()).get(path).status_code == 404
    page.post(f"{path}/weg")
    assert page.send(path, form()).status_code == 302
    browser(make.member()).post(f"{path}/stem", {"keuze": str(labels()["Zwolle"])})
    assert "voted already" in page.post(f"{path}/weg", follow_redirects=True).text
