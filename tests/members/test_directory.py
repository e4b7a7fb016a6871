"""The index of members finds by what each shows, page by page, at a fixed cost."""

import re

import pytest
from sqlalchemy import select

from cop.members import directory
from cop.members.actor import VISITOR
from cop.members.directory import Filters
from cop.members.models import MemberOrganisation, MemberRoleTag, MemberTheme, Persona, Theme
from cop.platform.db import reading
from cop.platform.errors import NotFound
from tests.support.counting import statements


def names(page):
    return [entry.person.name for entry in page.entries]


def find(session, make, actor=None, **filters):
    actor = actor or make.actor(make.member("Zz Zoeker"))
    found = names(directory.find(session, actor, Filters(**filters)))
    return [name for name in found if name != "Zz Zoeker"]


@pytest.mark.parametrize("shown", [True, False])
@pytest.mark.parametrize("kind", ["role", "theme", "organisation", "region"])
def test_a_filter_finds_only_what_is_shown(make, session, kind, shown):
    member, other = make.member("Ria Bakker"), make.member("Kees Smit")
    organisation = make.organisation()
    with reading() as own:
        theme_id, theme = own.execute(select(Theme.id, Theme.slug).limit(1)).one()
    rows = {
        "role": lambda: MemberRoleTag(member_id=member.id, tag="client", shown=shown),
        "theme": lambda: MemberTheme(member_id=member.id, theme_id=theme_id, shown=shown),
        "organisation": lambda: MemberOrganisation(
            member_id=member.id, organisation_id=organisation.id, shown=shown
        ),
    }
    if kind == "region":
        member = make.member("Ria de Vries", region="Drenthe", region_shown=shown)
    else:
        make.save(rows[kind]())
    value = {
        "role": "client",
        "theme": theme,
        "organisation": organisation.slug,
        "region": "Drenthe",
    }[kind]
    found = find(session, make, **{kind: value})
    assert found == ([make.persona(member).name] if shown else [])
    assert make.persona(other).name not in found


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ria", ["Ria Bakker"]),
        ("RÍA", ["Ria Bakker"]),
        ("bak", ["Ria Bakker"]),
        ("akk", []),
        ("%", []),
        ("_", []),
        ("", ["José van Dijk", "Ria Bakker"]),
        ("jose v", ["José van Dijk"]),
        ("van dijk", ["José van Dijk"]),
    ],
)
def test_names_are_found_by_the_beginning_of_any_word(make, session, words, found):
    make.member("Ria Bakker")
    make.member("José van Dijk")
    assert find(session, make, words=words) == found


def test_nobody_else_is_in_it(make, session, browser):
    member = make.member("Ria Bakker")
    make.pseudonym(member, make.circle(pseudonyms=True), "Zeewind")
    make.save(Persona(kind="placeholder", handle="oud", name="Oude Schrijver", sort_key="oude"))
    for state in ("unverified", "requested", "left"):
        make.member(f"Iemand {state}", state=state)
    assert find(session, make) == ["Ria Bakker"]
    with pytest.raises(NotFound):
        directory.find(session, VISITOR, Filters())
    assert browser().get("/leden").status_code == 302


def test_pages_go_on_and_back_without_gap_or_repeat_also_among_namesakes(make, session):
    for n in range(3 * directory.PAGE + 5):
        make.member("Jan Jansen" if n % 2 else f"Lid {n:03}")
    actor = make.actor(make.member("Zz Zoeker"))
    seen, after = [], None
    pages = []
    while True:
        page = directory.find(session, actor, Filters(), after=after)
        pages.append([e.person.handle for e in page.entries])
        seen += pages[-1]
        if page.after is None:
            break
        after = page.after
    assert len(seen) == len(set(seen)) == 3 * directory.PAGE + 6
    back = directory.find(session, actor, Filters(), before=page.before)
    assert [e.person.handle for e in back.entries] == pages[-2]
    first = directory.find(
        session,
        actor,
        Filters(),
        before=directory.find(
            session, actor, Filters(), after=directory.find(session, actor, Filters()).after
        ).before,
    )
    assert [e.person.handle for e in first.entries] == pages[0]
    assert first.before is None


def test_the_address_of_a_page_holds_names_only(make, browser):
    for n in range(directory.PAGE + 2):
        make.member(f"Lid {n:03}")
    page = browser(make.member()).get("/leden?zoek=lid&_external=1&endpoint=x").text
    page = page.split('<main class="main"')[1].split("</main>")[0]
    assert re.search(r"na=lid\+\d{3}~lid-\d", page)
    assert "_external" not in page


def test_it_costs_the_same_however_many_there_are(make, browser):
    reader = browser(make.member())
    reader.get("/leden")

    def cost():
        with statements() as seen:
            assert reader.get("/leden").status_code == 200
        return len(seen)

    few = cost()
    organisation = make.organisation()
    for _turn in range(directory.PAGE + 5):
        member = make.member()
        make.save(MemberOrganisation(member_id=member.id, organisation_id=organisation.id))
    assert cost() == few


@pytest.mark.parametrize("path", ["/ik", "/ik/profiel", "/ik/instellingen", "/leden/{handle}"])
def test_pages_of_one_member_cost_the_same_however_much_they_fill_in(make, browser, path):
    member = make.member()
    reader = browser(member)
    path = path.format(handle=make.persona(member).handle)
    reader.get(path)

    def cost():
        with statements() as seen:
            assert reader.get(path).status_code == 200
        return len(seen)

    few = cost()
    for tag in ("client", "professional", "student"):
        make.save(MemberRoleTag(member_id=member.id, tag=tag))
    for _turn in range(5):
        make.save(MemberOrganisation(member_id=member.id, organisation_id=make.organisation().id))
    with reading() as own:
        ids = list(own.scalars(select(Theme.id).limit(6)))
    for theme_id in ids:
        make.save(MemberTheme(member_id=member.id, theme_id=theme_id))
    assert cost() == few


def test_the_people_stand_before_the_filters_which_say_what_they_are(make, browser):
    page = browser(make.member("Noor Smit")).get("/leden").text
    assert page.index('class="people"') < page.index('id="filters"')
    assert 'href="#filters"' in page
    assert '<label for="find-role">Role</label>' in page
