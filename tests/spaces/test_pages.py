"""The pages of spaces: starting one, finding one, changing it; what others typed is never lost."""

import re

import pytest
from sqlalchemy import func, select, update

from cop.members.models import Persona, RoleTag, Theme
from cop.platform.db import unit_of_work
from cop.spaces import participation
from cop.spaces.circles import CircleMembership, CircleRemoval, Standing, Visibility
from cop.spaces.models import Space, SpaceKind, SpaceOrganisation, SpaceTheme, Stage
from cop.spaces.queries import different_kinds
from cop.textcheck import checks
from cop.textcheck.checks import Concern
from tests.support.counting import statements

PUBLIC, OPEN, CLOSED, PRIVATE = Visibility


def tagged(make, member, *tags):
    with unit_of_work() as session:
        session.execute(
            update(Persona)
            .where(Persona.id == make.persona(member).id)
            .values(roles=[str(t) for t in tags])
        )
    return member


# --- starting ---


def test_any_member_starts_a_space_in_three_fields(make, browser):
    member = make.member("Noor Smit")
    page = browser(member)
    answer = page.send("/proeftuinen/nieuw", {"name": "Samen thuis", "kind": "proeftuin"})
    assert answer.headers["Location"] == "/proeftuinen/samen-thuis/bewerken"
    shown = page.get("/proeftuinen/samen-thuis").text
    assert "Noor Smit" in shown
    with unit_of_work() as session:
        space = session.scalars(select(Space)).one()
        assert (space.stage, space.contact_id) == (Stage.DEVELOP, make.persona(member).id)
        assert session.scalars(select(CircleMembership.standing)).one() == Standing.COORDINATOR


def test_the_same_form_sent_twice_gives_one_space(make, browser):
    page = browser(make.member())
    for _ in range(2):
        answer = page.send("/proeftuinen/nieuw", {"name": "Samen thuis"})
        assert answer.headers["Location"] == "/proeftuinen/samen-thuis/bewerken"
    with unit_of_work() as session:
        assert session.scalar(select(func.count(Space.id))) == 1


def test_an_address_is_unique_and_kept_for_life(make, browser):
    one, two = browser(make.member()), browser(make.member())
    one.send("/proeftuinen/nieuw", {"name": "Thuis & samen"})
    assert two.send("/proeftuinen/nieuw", {"name": "Thuis samen!"}).headers["Location"] == (
        "/proeftuinen/thuis-samen-2/bewerken"
    )
    one.send("/proeftuinen/thuis-samen/bewerken", {"name": "Heel anders"})
    assert "Heel anders" in one.get("/proeftuinen/thuis-samen").text
    assert two.send("/proeftuinen/nieuw", {"name": "Nieuw"}).headers["Location"] == (
        "/proeftuinen/nieuw-2/bewerken"
    )


def test_a_learning_network_needs_a_theme_and_nothing_else(make, browser):
    page = browser(make.member())
    fields = {"name": "Leren over terugval", "kind": "learning_network"}
    refused = page.send("/proeftuinen/nieuw", fields)
    assert refused.status_code == 422
    assert "about a theme" in refused.text
    assert 'value="Leren over terugval"' in refused.text
    with unit_of_work() as session:
        theme = session.scalars(select(Theme.id)).first()
    assert page.send("/proeftuinen/nieuw", fields | {"themes": theme}).status_code == 302


def test_a_founder_can_take_a_pseudonym_where_they_allow_it(make, browser):
    page = browser(make.member("Ria Bakker"))
    fields = {"name": "Stil", "under": "pseudonym", "pseudonym": "Zeewind"}
    refused = page.send("/proeftuinen/nieuw", fields)
    assert refused.status_code == 422
    answer = page.send("/proeftuinen/nieuw", fields | {"allows_pseudonyms": "y"})
    assert answer.status_code == 302
    shown = browser(make.member()).get("/proeftuinen/stil").text
    assert "Zeewind" in shown
    assert "Ria Bakker" not in shown


@pytest.mark.parametrize("ask", [False, True])
def test_who_fills_in_a_pseudonym_never_comes_in_under_their_own_name(make, browser, ask):
    """What others have seen once cannot be taken back: a half-made choice is asked about."""
    space = make.space(CLOSED if ask else OPEN, pseudonyms=True)
    page = browser(make.member("Ria Bakker"))
    path = f"/kringen/{space.circle_id}/deelnemen"
    refused = page.send(path, {"under": "own", "pseudonym": "Zeewind"})
    assert refused.status_code == 422
    assert "your own name is chosen" in refused.text
    assert 'value="Zeewind"' in refused.text
    in_it = select(func.count()).where(CircleMembership.circle_id == space.circle_id)
    with unit_of_work() as session:
        assert session.scalar(in_it) == 0
    assert page.send(path, {"under": "own", "pseudonym": ""}).status_code == 302


BAD = [
    ({"name": ""}, "Fill this in"),
    ({"name": "  ...  "}, "Give it a name"),
    ({"name": "x" * 5000}, "too long"),
    ({"kind": "bende"}, "Choose one of the list"),
    ({"visibility": "geheim"}, "Choose one of the list"),
    ({"summary": "y" * 501}, "too long"),
    ({"themes": "99999"}, "Choose one of the list"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD, ids=[str(b[0])[:30] for b in BAD])
def test_what_cannot_be_is_said_and_what_was_typed_is_kept(make, browser, change, sentence):
    page = browser(make.member())
    fields = {"name": "Samen thuis", "summary": "Een korte tekst"} | change
    answer = page.send("/proeftuinen/nieuw", fields)
    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert fields["summary"] in answer.text
    with unit_of_work() as session:
        assert session.scalar(select(func.count(Space.id))) == 0


# --- changing ---


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "Fill this in"),
        ({"name": "x" * 5000}, "too long"),
        ({"funded_until": "2026-02-31"}, "not a day that exists"),
        ({"ends_on": "morgen"}, "not a day that exists"),
        ({"ends_on": "0001-01-01"}, "cannot be right"),
        ({"region": "Atlantis"}, "Choose one of the list"),
        ({"contact": "iemand-anders"}, "Choose one of the list"),
        ({"organisations": "424242"}, "Choose one of the list"),
    ],
)
def test_a_wrong_change_is_said_beside_its_field(make, browser, change, sentence):
    coordinator = make.member()
    space = make.space(coordinator=coordinator, name="Samen thuis")
    fields = {"summary": "Wat ik net typte"} | change
    answer = browser(coordinator).send(f"/proeftuinen/{space.slug}/bewerken", fields)
    assert answer.status_code == 422
    assert sentence.lower() in answer.text.lower()
    assert "Wat ik net typte" in answer.text
    with unit_of_work() as session:
        assert session.get(Space, space.id).summary == ""


def test_a_stale_change_shows_what_the_other_wrote(make, browser):
    one, two = make.member(), make.member()
    space = make.space(coordinator=one)
    make.join(two, space.circle, Standing.COORDINATOR)
    path = f"/proeftuinen/{space.slug}/bewerken"
    first, second = browser(one), browser(two)
    opened = first.get(path).text
    assert 'name="version" type="hidden" value="1"' in opened
    second.send(path, {"summary": "Van de ander", "place": "Assen"})
    answer = first.post(
        path,
        {"version": "1", "name": space.name, "kind": "proeftuin", "summary": "Van mij"}
        | {"stage": "develop", "contact": "", "region": ""},
    )
    assert answer.status_code == 422
    assert "Van de ander" in answer.text
    assert "Assen" in answer.text
    assert "Van mij" in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    # Sent again, having seen it, it counts.
    again = first.post(
        path,
        {"version": "2", "name": space.name, "kind": "proeftuin", "summary": "Van mij"}
        | {"stage": "develop", "contact": "", "region": ""},
    )
    assert again.status_code == 302


def test_script_in_the_text_is_shown_as_text(make, browser):
    coordinator = make.member()
    space = make.space(PUBLIC, coordinator=coordinator)
    bad = '<script>alert(1)</script> <img src="https://elders.example/pixel.gif"> [k](javascript:x)'
    browser(coordinator).send(
        f"/proeftuinen/{space.slug}/bewerken", {"aim": bad, "summary": bad, "for_whom": bad}
    )
    shown = browser().get(f"/proeftuinen/{space.slug}").text
    assert "<script>alert" not in shown
    assert "<img src" not in shown
    assert "javascript:" not in shown.replace("[k](javascript:x)", "")


def test_the_author_decides_about_what_the_checks_find(make, browser, monkeypatch):
    def finds_jan(text, _purpose, _known):
        at = text.find("Jan")
        return [Concern(at, at + 3, "name")] if at >= 0 else []

    monkeypatch.setattr(checks._checks, "registered", [finds_jan])
    page = browser(make.member())
    fields = {"name": "Samen thuis", "summary": "Over Jan en anderen"}
    asked = page.send("/proeftuinen/nieuw", fields)
    assert asked.status_code == 422
    assert "<mark>Jan</mark>" in asked.text
    assert 'name="anyway"' in asked.text
    assert page.send("/proeftuinen/nieuw", fields | {"anyway": "yes"}).status_code == 302


def test_archived_it_is_read_and_no_longer_changed(make, browser):
    coordinator = make.member()
    space = make.space(coordinator=coordinator)
    url = f"/proeftuinen/{space.slug}"
    page = browser(coordinator)
    assert page.send(f"{url}/archiveren").status_code == 302
    assert page.get(url).status_code == 200
    assert page.get(f"{url}/bewerken").status_code == 404
    assert page.get(f"{url}/logboek/nieuw").status_code == 404
    assert space.name not in page.get("/proeftuinen").text
    assert space.name in page.get("/proeftuinen?archief=ja").text
    assert page.post(f"{url}/heropenen").status_code == 302
    assert page.get(f"{url}/bewerken").status_code == 200


# --- the index ---


def test_the_index_shows_each_what_is_theirs_to_know(make, browser):
    inside = make.member()
    spaces = {v: make.space(v, name=f"Ruimte {v}", summary=f"Over {v}") for v in Visibility}
    make.join(inside, spaces[PRIVATE].circle)
    seen = {
        who: {
            (v, what)
            for v in Visibility
            for what, words in (("name", f"Ruimte {v}"), ("summary", f"Over {v}"))
            if words in page.get("/proeftuinen").text
        }
        for who, page in (
            ("visitor", browser()),
            ("member", browser(make.member())),
            ("inside", browser(inside)),
        )
    }
    visitor = {(PUBLIC, "name"), (PUBLIC, "summary")}
    member = visitor | {(OPEN, "name"), (OPEN, "summary"), (CLOSED, "name")}
    assert seen == {
        "visitor": visitor,
        "member": member,
        "inside": member | {(PRIVATE, "name"), (PRIVATE, "summary")},
    }


def test_a_closed_space_says_its_name_and_how_to_ask_no_more(make, browser):
    space = make.space(CLOSED, coordinator=make.member("Noor Smit"), summary="Over ons")
    shown = browser(make.member()).get(f"/proeftuinen/{space.slug}").text
    assert "Ask to join" in shown
    assert "Noor Smit" not in shown
    assert "Over ons" not in shown
    assert browser().get(f"/proeftuinen/{space.slug}").status_code == 404
    assert "/verwant/" not in shown  # nothing of it is to be found there


@pytest.fixture
def garden(make):
    """Spaces that differ in everything one can filter on; a closed one with the same inside."""
    organisation = make.organisation("Stichting Verzonnen Zorg")
    with unit_of_work() as session:
        theme = session.scalars(select(Theme).order_by(Theme.id)).first()
    same = {"region": "Drenthe", "stage": Stage.SHARE, "summary": "koffie en brood"}
    full = make.space(PUBLIC, name="Volle ruimte", **same)
    hidden = make.space(CLOSED, name="Dichte ruimte", **same)
    make.space(PUBLIC, name="Lege ruimte", kind=SpaceKind.CLIENT_COUNCIL, stage=None)
    for space in (full, hidden):
        make.save(SpaceTheme(space_id=space.id, theme_id=theme.id))
        make.save(SpaceOrganisation(space_id=space.id, organisation_id=organisation.id))
    return {"thema": theme.slug, "instelling": organisation.slug}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("soort=client_council", {"Lege"}),
        ("soort=proeftuin", {"Volle", "Dichte"}),  # of a closed one the kind is known
        ("fase=share", {"Volle"}),
        ("regio=Drenthe", {"Volle"}),
        ("thema={thema}", {"Volle"}),
        ("instelling={instelling}", {"Volle"}),
        ("zoek=brood", {"Volle"}),  # what a closed one says cannot be found out by trying
        ("zoek=dichte", {"Dichte"}),
        ("zoek=RUIMTE", {"Volle", "Dichte", "Lege"}),
        ("zoek=koffie+brood+ruimte", {"Volle"}),
        ("zoek=%25", set()),
        ("fase=onzin&regio=onzin&soort=onzin", {"Volle", "Dichte", "Lege"}),
        ("van=mij", set()),
    ],
)
def test_filters_look_at_what_the_reader_may_read(make, browser, garden, query, found):
    shown = browser(make.member()).get(f"/proeftuinen?{query.format(**garden)}").text
    assert {n for n in ("Volle", "Dichte", "Lege") if f"{n} ruimte</a>" in shown} == found


def test_the_index_goes_on_by_name_without_gaps_or_doubles(make, browser):
    for n in range(60):
        make.space(PUBLIC, name=f"Ruimte {n % 7} van {n:02d}")
    page, url, seen = browser(), "/proeftuinen", []
    while url:
        shown = page.get(url).text
        seen += [w.split("</a>")[0] for w in shown.split('class="card-link"')[1:]]
        url = None
        if 'rel="next"' in shown:
            before = shown.split('rel="next"')[0]
            url = before.rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    names = [s.split(">")[1] for s in seen]
    assert len(names) == len(set(names)) == 60
    assert names == sorted(names)


@pytest.mark.parametrize("mark", ["~", "x", "a~b", "~99999999999", "%00~1", "é~1"])
def test_a_made_up_place_in_the_index_does_no_harm(browser, make, mark):
    make.space(PUBLIC)
    assert browser().get(f"/proeftuinen?na={mark}").status_code in (200, 400)


# --- the page of a space ---


def test_people_stand_before_documents(make, browser):
    coordinator = make.member("Noor Smit")
    space = make.space(PUBLIC, coordinator=coordinator, aim="Doel", aim_html="<p>Doel</p>")
    shown = browser().get(f"/proeftuinen/{space.slug}").text
    assert shown.index("Noor Smit") < shown.index("<p>Doel</p>") < shown.index("Logbook")
    assert "/leden/" not in shown  # profiles and pictures are for members


def test_the_page_says_all_that_a_proeftuin_filled_in_about_itself(make, browser):
    coordinator, partner = make.member("Noor Smit"), make.organisation("Stichting Verzonnen Zorg")
    space = make.space(PUBLIC, coordinator=coordinator)
    said = {
        "name": "Samen de drempel over",
        "summary": "Koffie op woensdag",
        "aim": "Wie twijfelt, komt **eerder** binnen",
        "for_whom": "Jongeren die nog niemand spraken",
        "place": "Buurthuis De Linde",
        "region": "Drenthe",
        "partners": "De bibliotheek om de hoek",
        "funder": "Fonds Voorbeeld",
        "funded_until": "2031-03-01",
        "stage": Stage.VALIDATE,
        "organisations": [partner.id],
    }
    url = f"/proeftuinen/{space.slug}"
    assert browser(coordinator).send(f"{url}/bewerken", said).status_code == 302
    page = browser().get(url).text
    for field in ("name", "summary", "for_whom", "place", "region", "partners", "funder"):
        assert said[field] in page, field
    assert "Wie twijfelt, komt <strong>eerder</strong> binnen" in page
    assert "until 1 March 2031" in page
    assert "Stichting Verzonnen Zorg" in page
    assert "validate" in page.split('aria-current="step"')[1].split("</li>")[0]
    assert page.index("Noor Smit") < page.index("Wie twijfelt")


@pytest.mark.parametrize(("people", "drawn"), [(4, False), (5, True)])
def test_a_team_of_few_is_never_drawn_or_counted_by_tag(make, browser, people, drawn):
    space = make.space(PUBLIC, pseudonyms=True)
    for n in range(people):
        tag = RoleTag.EXPERIENCE_EXPERT if n else RoleTag.PROFESSIONAL
        make.join(tagged(make, make.member(), tag), space.circle)
    hidden = make.pseudonym(make.member(), space.circle)
    with unit_of_work() as session:  # even if it had a tag
        session.execute(update(Persona).where(Persona.id == hidden.id).values(roles=["client"]))
    shown = browser(make.member()).get(f"/proeftuinen/{space.slug}").text
    assert ('class="makeup"' in shown) == drawn
    assert ("Professional: 1" in shown) == drawn
    assert "Experience expert" in shown
    assert "Client" not in shown


@pytest.mark.parametrize(
    ("tags", "kinds"),
    [
        ([], 0),
        ([[], [], []], 0),
        ([["a"], ["a"], ["a"]], 1),
        ([["a", "b"], ["a"], ["b"]], 2),
        ([["a", "b", "c"], ["a"], ["b"]], 3),
        ([["a"], ["a", "b"], ["b", "c"], ["c"]], 3),
    ],
)
def test_coordinators_of_different_kinds(tags, kinds):
    assert different_kinds(tags) == kinds


def test_a_regional_network_says_which_coordinators_it_lacks(make, browser):
    one = tagged(make, make.member(), RoleTag.EXPERIENCE_EXPERT)
    space = make.space(PUBLIC, coordinator=one, kind=SpaceKind.REGIONAL_NETWORK, stage=None)
    url = f"/proeftuinen/{space.slug}"
    assert "2 are still missing" in browser().get(url).text
    for tag in (RoleTag.PROFESSIONAL, RoleTag.POLICY_MAKER):
        make.join(tagged(make, make.member(), tag), space.circle, Standing.COORDINATOR)
    assert "three coordinators" not in browser().get(url).text


def test_members_by_name_under_the_name_they_chose(make, browser):
    space = make.space(CLOSED, coordinator=make.member("Noor Smit"), pseudonyms=True)
    hidden = make.member("Ria Bakker", time_zone="America/Curacao")
    pseudonym = make.pseudonym(hidden, space.circle, "Zeewind")
    make.join(inside := make.member("Abel Anders"), space.circle)
    shown = browser(inside).get(f"/proeftuinen/{space.slug}/leden").text
    places = [shown.index(n) for n in ("Abel Anders</a>", "Noor Smit</a>", "Zeewind</a>")]
    assert places == sorted(places)
    assert "Ria" not in shown
    assert "Curacao" not in shown
    assert f"/leden/{pseudonym.handle}" in shown
    assert browser(make.member()).get(f"/proeftuinen/{space.slug}/leden").status_code == 404


# --- joining by the pages ---


def test_the_way_in_and_out_by_the_pages(make, browser):
    coordinator, member = make.member(), make.member("Sam Vos")
    space = make.space(CLOSED, coordinator=coordinator, name="Samen thuis")
    base, url = f"/kringen/{space.circle_id}", f"/proeftuinen/{space.slug}"
    mine, theirs = browser(member), browser(coordinator)
    assert mine.send(f"{base}/deelnemen", {"why": "Graag <b>erbij</b>"}).status_code == 302
    assert "You asked to join" in mine.get(url).text
    asked = theirs.get(f"{url}/leden").text
    assert "Graag &lt;b&gt;erbij" in asked
    handle = make.persona(member).handle
    assert theirs.post(f"{base}/verzoeken/{handle}?antwoord=ja").status_code == 302
    assert "You take part as Sam Vos" in mine.get(url).text
    assert mine.get(f"{base}/vertrekken").status_code == 200
    assert mine.post(f"{base}/vertrekken").status_code == 302
    assert mine.get(f"{url}/leden").status_code == 404


def test_an_invitation_by_the_pages(make, browser):
    coordinator, member = make.member(), make.member()
    space = make.space(PRIVATE, coordinator=coordinator, pseudonyms=True)
    base = f"/kringen/{space.circle_id}"
    mine, theirs = browser(member), browser(coordinator)
    assert mine.get(f"{base}/uitnodiging").status_code == 404
    refused = theirs.send(f"{base}/uitnodigen", {"handle": "niemand", "words": "Kom je ook?"})
    assert refused.status_code == 422
    assert "Kom je ook?" in refused.text
    theirs.send(f"{base}/uitnodigen", {"handle": make.persona(member).handle, "words": "Kom?"})
    assert "Kom?" in mine.get(f"{base}/uitnodiging").text
    again = mine.send(
        f"{base}/uitnodiging", {"antwoord": "ja", "under": "pseudonym", "pseudonym": "ab"}
    )
    assert again.status_code == 422
    mine.send(f"{base}/uitnodiging", {"antwoord": "ja", "under": "pseudonym", "pseudonym": "Mist"})
    assert "Mist" in theirs.get(f"/proeftuinen/{space.slug}/leden").text


def test_somebody_is_asked_by_name_and_chosen_among_those_of_that_name(make, browser):
    coordinator = make.member()
    space = make.space(PRIVATE, coordinator=coordinator)
    path = f"/kringen/{space.circle_id}/uitnodigen"
    members = f"/proeftuinen/{space.slug}/leden"
    make.member("Sam Vos")
    for _ in range(2):
        make.member("Bo Prins", handle=None)
    page = browser(coordinator)
    one = page.send(path, {"handle": "sam v"})  # nobody is asked by a guess
    assert one.status_code == 422
    chosen = one.text.split('name="chosen" value="')[1].split('"')[0]
    page.send(path, {"handle": "sam v", "chosen": chosen})
    assert "Sam Vos" in page.get(members).text
    several = page.send(path, {"handle": "Bo Prins", "words": "Kom je?"})
    assert several.status_code == 422
    assert "Kom je?" in several.text
    handles = several.text.split('name="chosen" value="')[1:]
    assert len(handles) == 2
    page.send(path, {"handle": "Bo Prins", "chosen": handles[1].split('"')[0]})
    assert page.get(members).text.count("Bo Prins</a>") == 1


def test_who_is_removed_reads_why_and_nobody_else(make, browser):
    coordinator, member = make.member(), make.member()
    space = make.space(PRIVATE, coordinator=coordinator)
    make.join(member, space.circle)
    base, handle = f"/kringen/{space.circle_id}", make.persona(member).handle
    theirs = browser(coordinator)
    path = f"{base}/leden/{handle}/verwijderen"
    assert theirs.send(path, {"reason": ""}).status_code == 422
    assert theirs.send(path, {"reason": "Het liep uit de hand."}).status_code == 302
    with unit_of_work() as session:
        removal = session.scalars(select(CircleRemoval.id)).one()
    assert "Het liep uit de hand." in browser(member).get(f"/kringen/verwijderd/{removal}").text
    for other in (coordinator, make.member(site_role="administrator")):
        assert browser(other).get(f"/kringen/verwijderd/{removal}").status_code == 404


def test_widening_says_who_will_read_before_it_is_done(make, browser, logbook_entry):
    coordinator, other = make.member(), make.member()
    space = make.space(CLOSED, coordinator=coordinator)
    path = f"/kringen/{space.circle_id}/zichtbaarheid"
    page = browser(coordinator)
    sure = page.get(f"{path}?naar=public").text
    assert "Everybody, also without an account" in sure
    make.join(other, space.circle)
    logbook_entry(space, other)
    assert "cannot be done" in page.get(f"{path}?naar=public").text
    assert page.post(path, {"visibility": "public"}).status_code == 422
    assert page.post(path, {"visibility": "private"}).status_code == 302


# --- cost ---


@pytest.mark.parametrize("who", ["visitor", "member", "coordinator"])
def test_pages_run_as_many_queries_with_many_rows_as_with_few(
    make, browser, logbook_entry, who, add_file, add_measure
):
    coordinator = make.member()
    page = {
        "visitor": browser,
        "member": lambda: browser(make.member()),
        "coordinator": lambda: browser(coordinator),
    }[who]()
    space = make.space(PUBLIC, coordinator=coordinator)
    url = f"/proeftuinen/{space.slug}"
    paths = ["/proeftuinen", url, f"{url}/leden", f"{url}/logboek", f"{url}/bestanden"]
    if who == "visitor":
        paths.remove(f"{url}/leden")

    def cost():
        found = []
        for path in paths:
            with statements() as queries:
                assert page.get(path).status_code == 200
            found.append(len(queries))
        return found

    def grow(times):
        with unit_of_work() as session:
            theme_ids = session.scalars(select(Theme.id).limit(3)).all()
        for n in range(times):
            other = make.space(PUBLIC, coordinator=coordinator)
            for theme_id in theme_ids:
                make.save(SpaceTheme(space_id=other.id, theme_id=theme_id))
            organisation = make.organisation()
            make.save(SpaceOrganisation(space_id=other.id, organisation_id=organisation.id))
            make.save(SpaceOrganisation(space_id=space.id, organisation_id=organisation.id))
            standing = Standing.REQUESTED if n % 3 == 0 else Standing.JOINED
            if n % 5 == 0:
                standing = Standing.COORDINATOR
            make.join(tagged(make, make.member(), RoleTag.CLIENT), space.circle, standing)
            logbook_entry(space, coordinator, title=f"Stap {n}")
            add_file(space, coordinator)
            add_measure(space, values=3)

    grow(2)
    few = cost()
    grow(28)
    assert cost() == few
    assert max(few) <= 25


def test_the_next_page_of_participants_is_named_by_a_handle(make, browser):
    """An address holds no number of a name: it would say who was here first, for pseudonyms too."""
    space = make.space(OPEN, pseudonyms=True)
    on = make.list(OPEN, pseudonyms=True)
    for circle in (space.circle, on.circle):
        for n in range(participation.PAGE + 3):
            make.pseudonym(make.member(), circle, f"Vogel {n:03} {circle.id}")
    reader = browser(make.member())
    for path in (f"/proeftuinen/{space.slug}/leden", f"/gesprekken/{on.short_name}/leden"):
        first = reader.get(path).text
        more = re.search(r'href="([^"]*[?&;]na=[^"]*)"', first)[1].replace("&amp;", "&")
        assert re.search(r"na=[a-z0-9+%]+(~|%7E)schuilnaam-\d+$", more)
        second = reader.get(more).text
        names = [set(re.findall(r"Vogel \d{3}", page)) for page in (first, second)]
        assert [len(each) for each in names] == [participation.PAGE, 3]
        assert not names[0] & names[1]
        for mark in ("~", "x", "a~b", "%FF~", "~" + "9" * 40):
            assert reader.get(f"{path}?na={mark}").status_code == 200


def test_whom_to_contact_can_be_asked_a_question_without_any_address(make, browser):
    contact, reader = make.member("Noor Smit", handle="noor-smit"), make.member()
    space = make.space(OPEN, coordinator=contact, contact_id=make.persona(contact).id)
    url = f"/proeftuinen/{space.slug}"
    seen = browser(reader)
    assert "?noem=" not in seen.get(url).text  # nowhere to ask yet
    on = make.list(space=space)
    page = seen.get(url).text
    ask = f"/gesprekken/{on.short_name}/nieuw?noem=noor-smit"
    assert f'href="{ask}"' in page
    assert "Ask Noor Smit a question" in page
    assert contact.email not in page
    assert "Ask Noor Smit" not in browser(contact).get(url).text  # nobody asks themselves
    assert "@noor-smit </textarea>" in seen.get(ask).text
    odd = seen.get(f"/gesprekken/{on.short_name}/nieuw?noem=%3Cb%3Ex").text
    assert "&lt;b&gt;x" not in odd
