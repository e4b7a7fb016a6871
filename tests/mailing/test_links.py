"""Choosing on the site and from a link in a mail: what a link can do, and what it cannot."""

import re

import pytest
from sqlalchemy import delete, select

from cop.discussions.mailing import choices
from cop.discussions.mailing.routes import _by_token
from cop.discussions.models import Attention, DiscussionAttention, ListChoice
from cop.members import mail_links
from cop.members.mail_links import MailAbout
from cop.members.models import MemberState, SiteRole
from cop.notifications.models import MailPreference, Rhythm
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound
from cop.platform.mail.listed import ONE_CLICK
from cop.spaces.circles import Circle, CircleMembership, Visibility
from tests.mailing.helping import attend, start, text_of, wants

ONE_CLICK_BODY = dict([ONE_CLICK.split("=")])


def rhythm(make, member, on):
    with reading() as session:
        return choices.rhythm_of(session, make.actor(member), on.id)


def stop_path(mail):
    return re.search(r"https?://[^/>]+(/mail/afmelden/[^>\s]+)>", mail["List-Unsubscribe"])[1]


@pytest.fixture
def mailed(make, deliver):
    """A member, two lists of which every message comes, and a mail of the first."""
    member, on, other = make.member(), make.list(name="Deze"), make.list(name="Die")
    for each in (on, other):
        wants(make, member, each)
    start(make, make.member(), on)
    return member, on, other, deliver()[member.email]


def test_one_click_stops_that_list_only_without_cookie_or_confirmation(make, app, mailed):
    member, on, other, mail = mailed
    client = app.test_client(use_cookies=False)
    answer = client.post(stop_path(mail), data=ONE_CLICK_BODY)
    assert answer.status_code == 200
    assert rhythm(make, member, on) == Rhythm.SITE
    assert rhythm(make, member, other) == Rhythm.EACH
    assert client.post(stop_path(mail), data=ONE_CLICK_BODY).status_code == 200  # and again


def test_the_buttons_of_many_readers_at_one_mail_server_all_act(make, app):
    """Counted for each link: a server presses them for whoever it serves."""
    on = make.list()
    paths = [
        f"/mail/afmelden/{mail_links.token(make.member().id, MailAbout.LIST, on.id)}"
        for _reader in range(3)
    ]
    with app.test_request_context(paths[0], method="POST"):
        first = _by_token()
    keys = set()
    for path in paths:
        with app.test_request_context(path, method="POST"):
            keys.add(_by_token())
            assert path.rpartition("/")[2] not in _by_token()  # it is a right, and no key of counts
    assert len(keys) == 3
    assert first in keys


def test_opening_a_link_changes_nothing(make, app, browser, mailed):
    """Scanners of mail follow links."""
    member, on, _other, mail = mailed
    visitor = browser()
    for path in re.findall(r"https?://[^/\s]+(/\S+)", text_of(mail)):
        assert visitor.get(path.partition("#")[0]).status_code in (200, 302)
    assert visitor.get(stop_path(mail)).status_code == 200
    assert rhythm(make, member, on) == Rhythm.EACH
    with reading() as session:
        assert session.scalars(select(DiscussionAttention.attention)).all() == ["follow"]
        assert session.scalars(select(ListChoice.rhythm)).all() == ["each", "each"]


def test_the_button_on_its_page_acts(make, browser, mailed):
    member, on, _other, mail = mailed
    assert "Deze" in browser().get(stop_path(mail)).text
    assert "no more mail" in browser().send(stop_path(mail)).text.lower()
    assert rhythm(make, member, on) == Rhythm.SITE


def test_the_conversation_can_be_muted_from_the_mail(make, browser, mailed, deliver):
    member, _on, _other, mail = mailed
    path = re.search(r"Demp dit gesprek: https?://[^/]+(/\S+)", text_of(mail))[1]
    assert browser().send(path).status_code == 200
    with reading() as session:
        row = session.scalars(
            select(DiscussionAttention).where(DiscussionAttention.member_id == member.id)
        ).one()
        assert row.attention == Attention.MUTE


def test_muting_from_a_mail_fails_for_nobody(make, browser, mailed, deliver):
    """Who may not read the conversation any more hears nothing of it anyway."""
    _member, on, _other, mail = mailed
    path = re.search(r"Demp dit gesprek: https?://[^/]+(/\S+)", text_of(mail))[1]
    with unit_of_work() as session:
        session.get_one(Circle, on.circle_id).visibility = Visibility.CLOSED
    assert browser().send(path).status_code == 200


def test_of_two_private_lists_each_is_stopped_by_itself(make, app, server, deliver):
    writer, reader = make.member(), make.member()
    lists = [make.list(Visibility.PRIVATE) for _number in range(2)]
    for on in lists:
        for member in (writer, reader):
            make.join(member, on.circle)
        wants(make, reader, on)
        start(make, writer, on)
    deliver()
    one, other = server.arrived
    assert one["List-Id"] != other["List-Id"]
    assert app.test_client().post(stop_path(one), data=ONE_CLICK_BODY).status_code == 200
    assert {rhythm(make, reader, on) for on in lists} == {Rhythm.SITE, Rhythm.EACH}


def test_a_digest_can_be_stopped_as_a_whole(make, app):
    member, daily, weekly, each = make.member(), make.list(), make.list(), make.list()
    wants(make, member, daily, Rhythm.DAILY)
    wants(make, member, weekly, Rhythm.WEEKLY)
    wants(make, member, each)
    token = mail_links.token(member.id, MailAbout.DIGEST)
    answer = app.test_client().post(f"/mail/afmelden/{token}", data=ONE_CLICK_BODY)
    assert answer.status_code == 200
    assert rhythm(make, member, daily) == Rhythm.SITE
    assert rhythm(make, member, weekly) == Rhythm.SITE
    assert rhythm(make, member, each) == Rhythm.EACH
    with reading() as session:
        kept = session.get_one(MailPreference, member.id)
        assert (kept.asked, kept.rest, kept.joined) == (Rhythm.SITE,) * 3


def test_a_digest_is_stopped_also_for_a_list_that_one_may_not_read_just_now(make, app):
    member, on = make.member(), make.list(Visibility.CLOSED)
    make.join(member, on.circle)
    wants(make, member, on, Rhythm.DAILY)
    with unit_of_work() as session:
        session.execute(delete(CircleMembership).where(CircleMembership.member_id == member.id))
    token = mail_links.token(member.id, MailAbout.DIGEST)
    assert app.test_client().post(f"/mail/afmelden/{token}", data=ONE_CLICK_BODY).status_code == 200
    make.join(member, on.circle)
    assert rhythm(make, member, on) == Rhythm.SITE


@pytest.mark.parametrize("signed_in", [True, False])
def test_one_page_holds_every_choice_also_without_signing_in(make, browser, signed_in):
    member, on, joined = make.member(), make.list(name="Ooit"), make.list(name="Mijn lijst")
    make.join(member, joined.circle)
    followed = make.discussion(on, make.member(), title="Gevolgd gesprek")
    attend(make, member, followed, Attention.FOLLOW)
    token = mail_links.token(member.id, MailAbout.LIST, on.id)
    path = "/ik/mail" if signed_in else f"/mail/keuzes/{token}"
    own = browser(member) if signed_in else browser()
    page = own.get(path).text
    for words in ("Ooit", "Mijn lijst", "Gevolgd gesprek"):
        assert words in page
    changed = {
        f"lijst-{on.id}": "weekly",
        f"lijst-{joined.id}": "each",
        f"gesprek-{followed.id}": "mute",
        "hour": "21",
        "weekday": "4",
        "asked": "site",
        "rest": "weekly",
        "joined": "weekly",
    }
    assert own.send(path, changed).status_code == 302
    assert rhythm(make, member, on) == Rhythm.WEEKLY
    assert rhythm(make, member, joined) == Rhythm.EACH
    with reading() as session:
        kept = session.get_one(MailPreference, member.id)
        assert (kept.hour, kept.weekday) == (21, 4)
        assert (kept.asked, kept.rest, kept.joined) == ("site", "weekly", "weekly")
        attention = select(DiscussionAttention.attention).where(
            DiscussionAttention.member_id == member.id
        )
        assert session.scalars(attention).one() == Attention.MUTE


def test_what_was_not_touched_stays_as_it_follows(make, browser):
    """Saving the page makes no choices of what only followed from the general one."""
    member, joined = make.member(), make.list()
    make.join(member, joined.circle)
    browser(member).send("/ik/mail", {"hour": "9"})
    with reading() as session:
        assert session.scalars(select(ListChoice)).all() == []
    browser(member).send("/ik/mail", {"joined": "weekly"})
    assert rhythm(make, member, joined) == Rhythm.WEEKLY


@pytest.mark.parametrize("visibility", [Visibility.CLOSED, Visibility.PRIVATE])
def test_a_link_shows_no_name_of_a_closed_or_private_list(make, browser, visibility):
    """Whoever the mail was passed on to can open it."""
    member, on = (
        make.member("Eigen Naam"),
        make.list(visibility, name="Stille groep", short_name="zonder-naam"),
    )
    make.join(member, on.circle)
    hidden = make.discussion(on, make.member(), title="Verborgen titel")
    attend(make, member, hidden, Attention.FOLLOW)
    for about, id in ((MailAbout.DIGEST, 0), (MailAbout.LIST, on.id)):
        token = mail_links.token(member.id, about, id)
        for path in (f"/mail/keuzes/{token}", f"/mail/afmelden/{token}"):
            page = browser().get(path).text
            for secret in ("Stille", "Verborgen", "Eigen Naam", member.email, on.short_name):
                assert secret not in page
        page = browser().get(f"/mail/keuzes/{token}").text
        assert ("The list that this mail came from" in page) == (about == MailAbout.LIST)
        assert "Sign in to see every name" in page
        assert browser().post(f"/mail/afmelden/{token}").text.count("Stille") == 0
    assert "Stille groep" in browser(member).get("/ik/mail").text


def test_a_link_shows_no_title_from_a_closed_list(make, browser):
    member, on = make.member(), make.list(Visibility.CLOSED)
    make.join(member, on.circle)
    hidden = make.discussion(on, make.member(), title="Verborgen titel")
    attend(make, member, hidden, Attention.FOLLOW)
    token = mail_links.token(member.id, MailAbout.DIGEST)
    assert "Verborgen" not in browser().get(f"/mail/keuzes/{token}").text
    assert "Verborgen titel" in browser(member).get("/ik/mail").text


def test_a_changed_token_is_not_found(make, session):
    token = mail_links.token(make.member().id, MailAbout.DIGEST)
    for changed in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[:-4],
        token + "AAAA",
        "A" * len(token),
        "é" + token,
        token * 9,
        "",
    ):
        with pytest.raises(NotFound):
            mail_links.read(session, changed)


def test_a_link_ends_with_the_membership_and_never_carries_a_role(make, session):
    left = make.member(state=MemberState.LEFT)
    administrator = make.member(site_role=SiteRole.ADMINISTRATOR)
    with pytest.raises(NotFound):
        mail_links.read(session, mail_links.token(left.id, MailAbout.DIGEST))
    found = mail_links.read(session, mail_links.token(administrator.id, MailAbout.DIGEST))
    assert not found.actor.administers
    assert not found.actor.moderates


def test_tokens_of_one_member_have_nothing_in_common(make):
    member = make.member()
    one, two = (mail_links.token(member.id, MailAbout.LIST, n) for n in (1, 2))
    assert one[:8] != two[:8]


def test_bad_choices_change_nothing(make, browser):
    member = browser(make.member())
    on = make.list()
    for data in (
        {f"lijst-{on.id}": "hourly"},
        {"lijst-999999999": "each"},
        {"lijst-99999999999999": "each"},
        {"gesprek-987654": "follow"},
        {"hour": "24"},
        {"weekday": "7"},
        {"asked": "each"},
        {"rest": "each"},
        {"joined": ""},
    ):
        assert member.send("/ik/mail", data).status_code in (404, 422), data
    with reading() as session:
        assert session.scalars(select(MailPreference)).all() == []
        assert session.scalars(select(ListChoice)).all() == []


def test_a_list_that_one_may_not_read_cannot_be_chosen(make):
    on, actor = make.list(Visibility.CLOSED), make.actor(make.member())
    with pytest.raises(NotFound), unit_of_work() as session:
        choices.choose(session, actor, list_id=on.id, rhythm="each", now=clock.now())
    with unit_of_work() as session:
        choices.stop_list(session, actor, on.id, clock.now())  # fails for nobody
