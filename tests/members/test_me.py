"""The page 'me' holds everything of the member's, and nobody else's."""

import pytest

from tests.support.counting import statements


def test_it_leads_to_everything_of_mine(make, browser):
    page = browser(make.member("Ria Bakker")).get("/ik").text
    for path in (
        "/ik/profiel",
        "/ik/schuilnamen",
        "/ik/instellingen",
        "/ik/bewaard",
        "/ik/vertrekken",
        "/meldingen",
    ):
        assert f'href="{path}"' in page
    assert "/aanmeldingen" not in page
    assert "/onthullingen" not in page


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_moderators_find_their_work_there(make, browser, role):
    page = browser(make.member(site_role=role)).get("/ik").text
    assert "/aanmeldingen" in page
    assert "/onthullingen" in page


def test_spaces_and_lists_stand_there_with_the_pseudonym_used(make, browser):
    member, other = make.member("Ria Bakker"), make.member("Kees Smit")
    space = make.space(coordinator=member, name="Samen herstellen")
    list_ = make.list(pseudonyms=True, name="Naasten")
    make.pseudonym(member, list_.circle, "Zeewind")
    page = browser(member).get("/ik").text
    assert space.name in page
    assert "Naasten" in page
    assert "as “Zeewind”" in page
    theirs = browser(other).get("/ik").text
    assert "Samen herstellen" not in theirs
    assert "Zeewind" not in theirs


def test_it_costs_the_same_however_many_there_are(make, browser):
    member = make.member()
    reader = browser(member)
    make.space(coordinator=member)
    make.list(coordinator=member)
    reader.get("/ik")

    def cost():
        with statements() as seen:
            assert reader.get("/ik").status_code == 200
        return len(seen)

    few = cost()
    for _turn in range(4):
        make.space(coordinator=member)
        make.list(coordinator=member)
    assert cost() == few
