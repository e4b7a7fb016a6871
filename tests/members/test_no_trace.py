"""Nothing that another member can reach ties a pseudonym to the person behind it."""

import pytest

from cop.members import pseudonyms
from cop.members.models import MemberRoleTag
from cop.platform.errors import Refused
from cop.spaces.circles import Visibility
from tests.members.helping import mails
from tests.members.test_profiles import png, upload


@pytest.fixture
def scene(make, browser):
    """Ria Bakker writes as Zeewind on a list, and shows everything on her own page."""
    member = make.member(
        "Ria Bakker",
        email="riabakker@duinzicht.example.org",
        time_zone="America/Curacao",
        profession="Verpleegkundige",
        region="Drenthe",
    )
    make.save(MemberRoleTag(member_id=member.id, tag="client"))
    upload(browser(member), png())
    list_ = make.list(Visibility.OPEN, pseudonyms=True)
    pseudonym = make.pseudonym(member, list_.circle, "Zeewind")
    discussion = make.discussion(list_, pseudonym, posts=3)
    return member, pseudonym, list_, discussion


def marks(make, member):
    persona = make.persona(member)
    return (
        *("Ria", "Bakker", "riabakker", "duinzicht", "Curacao", "Verpleegkundige", "Drenthe"),
        *(persona.handle, f"v={persona.picture_id}", f"member:{member.id}", "Client"),
    )


def test_pages_with_what_a_pseudonym_wrote(make, browser, scene):
    member, pseudonym, list_, discussion = scene
    reader = browser(make.member("Kees Smit"))
    pages = (
        f"/discussies/{discussion.id}",
        f"/gesprekken/{list_.short_name}",
        f"/leden/{pseudonym.handle}",
        "/gesprekken",
        "/",
    )
    seen = 0
    for path in pages:
        answer = reader.get(path)
        assert answer.status_code == 200
        seen += "Zeewind" in answer.text
        for mark in marks(make, member):
            assert mark not in answer.text, (path, mark)
        assert not any(mark in str(answer.headers) for mark in ("Ria", "Bakker"))
    assert seen >= 2


def test_the_page_of_a_pseudonym_has_no_picture_and_no_roles(make, browser, scene):
    _member, pseudonym, _list, _discussion = scene
    reader = browser(make.member())
    page = reader.get(f"/leden/{pseudonym.handle}").text
    assert "This is a pseudonym" in page
    assert "person-roles" not in page
    assert reader.get(f"/leden/{pseudonym.handle}/foto").status_code == 404


def test_the_own_page_says_nothing_of_pseudonyms(make, browser, scene):
    member, pseudonym, _list, _discussion = scene
    reader = browser(make.member())
    page = reader.get(f"/leden/{make.persona(member).handle}").text
    assert "Ria Bakker" in page
    for mark in ("Zeewind", pseudonym.handle, "seudonym"):
        assert mark not in page


def test_members_are_not_found_by_a_pseudonym_nor_it_by_them(make, browser, scene):
    reader = browser(make.member())
    for words in ("zeewind", "zee"):
        assert "Ria Bakker" not in reader.get(f"/leden?zoek={words}").text
    assert "Zeewind" not in reader.get("/leden?zoek=ria").text
    assert "Zeewind" not in reader.get("/leden").text


def test_moderators_and_administrators_see_no_more(make, browser, scene):
    member, pseudonym, _list, discussion = scene
    for role in ("moderator", "administrator"):
        reader = browser(make.member(site_role=role))
        for path in (f"/leden/{pseudonym.handle}", f"/discussies/{discussion.id}"):
            text = reader.get(path).text
            for mark in marks(make, member):
                assert mark not in text, (path, mark)


def test_a_refused_name_does_not_say_whose_it_is(make, session, now, scene):
    with pytest.raises(Refused) as refused:
        pseudonyms.create(session, make.actor(make.member("Kees Smit")), "Ria Bakker", now)
    assert "Ria" not in refused.value.message


def test_no_mail_holds_a_pseudonym(make, browser, scene):
    member, _pseudonym, _list, _discussion = scene
    browser().send("/inloggen", {"email": member.email})
    for mail in mails(member.email):
        assert "Zeewind" not in mail.subject + mail.text + mail.html
