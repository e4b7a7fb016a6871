"""The pages of a beraad: forms that work without scripts, and nobody else's 404."""

import re

from cop.beraad.models import Form
from cop.beraad.starters import starters
from cop.members.models import SiteRole
from cop.platform.db import reading, unit_of_work
from cop.platform.worker import run_due
from cop.sessions import holding, methods, stepping
from cop.spaces.circles import Visibility
from tests.beraad.sitting import sit
from tests.support.counting import statements

WORDS = ("Rust nummer", "tegenhouden", "Waarde 1", "Vertrouwen gaat stuk", "praten eerst")


def test_a_whole_beraad_with_forms_alone(make, now, browser):
    """From the invented dilemma to the approval of all, without a script."""
    at = sit(make, now, others=2)
    url = f"/sessies/{at.id}/beraad"
    lead, one, two = (browser(m) for m in (at.lead, *at.others))
    answer = lead.send(f"{url}/oefendilemma", {"starter": starters()[1].key})
    assert answer.status_code == 302
    assert starters()[1].question in one.get(f"{url}/bord/dilemma").get_data(as_text=True)
    cell = {"place": "naaste.norm.a"}
    form = f"{url}/waarden/erbij?cel=naaste.norm.a"
    answer = one.send(form, {"text": "Bellen mag altijd"}, to=f"{url}/waarden/erbij")
    assert answer.headers["Location"].endswith("#cel-naaste-norm-a")
    assert one.send(form, {"text": ""} | cell, to=f"{url}/waarden/erbij").status_code == 422
    one.send(f"{url}/perspectief", {"name": "Buurtgenoot"})
    page = two.get(f"{url}/bord/values").get_data(as_text=True)
    assert "Bellen mag altijd" in page
    assert "Buurtgenoot" in page
    weigh = {"choice": "b", "value": "Trouw"}
    assert two.send(f"{url}/weging", {"choice": "b"}).status_code == 422
    two.send(f"{url}/weging", weigh)
    assert "Trouw" not in one.get(f"{url}/bord/weging").get_data(as_text=True)
    assert "Trouw" not in one.get(url).get_data(as_text=True)
    assert one.get(f"{url}/weging/openen").status_code == 404
    lead.send(f"{url}/weging/openen")
    assert "Trouw" in one.get(f"{url}/bord/weighing").get_data(as_text=True)
    lead.send(f"/sessies/{at.id}/afsluiten")
    # What somebody sends just after it closed is shown once more; the conclusion can still come.
    late = one.post(f"{url}/weging", {"choice": "a", "value": "Nog getypt"})
    assert late.status_code == 422
    assert "Nog getypt" in late.text
    assert "this was not kept" in late.text
    assert one.get(f"{url}/weging").status_code == 404
    assert f"{url}/conclusie" in two.get(f"{url}/verslag").text
    assert browser(at.absent).get(f"{url}/conclusie").status_code == 404
    two.send(f"{url}/conclusie", {"text": "Wij praten er morgen over door."})
    assert f"{url}/conclusie" in one.get(f"/sessies/{at.id}").text
    lead.send(f"{url}/verslag", to=f"{url}/verslag/maken")
    lead.send(f"{url}/verslag/voor-wie", {"audience": "community"})
    after = one.post(f"{url}/conclusie", {"text": "Toch anders.", "version": "1"})
    assert after.status_code == 422
    assert "Toch anders." in after.text
    assert one.get(f"{url}/conclusie").location.endswith("/verslag")
    assert f"{url}/conclusie" not in one.get(f"/sessies/{at.id}").text
    for each in (lead, one, two):
        answer = each.send(f"{url}/verslag", to=f"{url}/verslag/goedkeuren")
        assert answer.status_code == 302
    with reading() as session:
        report = at.now_report(session).id
    reader = browser(make.member())
    assert reader.get("/beraad").text.count("To practise with: invented") == 1
    page = reader.get(f"/beraad/verslagen/{report}").get_data(as_text=True)
    assert "Bellen mag altijd" in page
    assert "To practise with: invented" in page
    for member in (at.lead, *at.others):
        assert make.persona(member).name not in page
    log = one.get(f"/beraad/verslagen/{report}/gelezen").get_data(as_text=True)
    assert log.count("row-main") == 1
    assert reader.get(f"/beraad/verslagen/{report}/gelezen").status_code == 404


def test_who_leads_goes_on_before_all_weighed_and_opens_it_in_the_dialogue(make, now, browser):
    at = sit(make, now)
    one, two, _three = at.others
    steps = methods.shipped("beraad")["dilemma"].steps
    weighs = next(n for n, step in enumerate(steps) if step.board == "weighing")
    lead, other = browser(at.lead), browser(two)

    def goes_on(step: int) -> str:
        with unit_of_work() as session:
            stepping.go_on(session, at.actor(at.lead), at.id, 1, step - 1, now)
        return lead.get(f"/sessies/{at.id}").text

    for step in range(1, weighs + 1):
        page = goes_on(step)
    # The board opens what it keeps unseen; the step itself has nothing of its own to open.
    assert "Open all answers" in page
    assert "Open for all" not in page
    assert "wrote something" not in page
    at.weigh(one)
    page = goes_on(weighs + 1)
    assert "Open all answers" in page
    assert "Veiligheid" not in other.get(f"/sessies/{at.id}").text
    lead.send(f"/sessies/{at.id}/beraad/weging/openen")
    assert "Veiligheid" in other.get(f"/sessies/{at.id}").text


def test_refused_forms_keep_what_was_typed(make, now, browser):
    at = sit(make, now)
    at.dilemma()
    url = f"/sessies/{at.id}/beraad"
    one = browser(at.others[0])
    long = "x" * 100_000
    for page, values, to in (
        (f"{url}/waarden/erbij?cel=client.value.a", {"text": long}, f"{url}/waarden/erbij"),
        (f"{url}/dilemma", {"choice_a": long}, None),
        (f"{url}/dilemma", {"choice_a": "Mijn versie", "version": "0"}, None),
        (f"{url}/conclusie", {"text": long}, None),
        (f"{url}/weging", {"choice": "a", "value": long}, None),
        (f"{url}/perspectief", {"name": long}, None),
    ):
        answer = one.send(page, values, to=to)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422, page
        assert next(iter(values.values())) in text, "what was typed is still there"
        assert "error-summary" in text
    for number in ("²", "9" * 30):
        assert one.get(f"{url}/waarden/erbij?cel=own.value.a&wie={number}").status_code < 500
    stale = one.send(f"{url}/dilemma", {"choice_a": "Mijn versie", "version": "0"})
    assert "Wij houden tegen." in stale.get_data(as_text=True), "and what it says now"


def test_the_author_is_asked_about_words_that_look_like_a_client(make, now, browser):
    at = sit(make, now)
    one = browser(at.others[0])
    url = f"/sessies/{at.id}/beraad"
    form = f"{url}/waarden/erbij?cel=client.value.a"
    words = {"text": "Mevrouw Bakkali, geboren 3 maart 1961, BSN 111222333, wil rust"}
    answer = one.send(form, words, to=f"{url}/waarden/erbij")
    assert answer.status_code == 422
    assert 'id="textcheck"' in answer.get_data(as_text=True)
    answer = one.send(form, words | {"anyway": "yes"}, to=f"{url}/waarden/erbij")
    assert answer.status_code == 302


# Who tries to write as well; the operations' own tests ask everybody.
POSTING = ("absent", "shown out", "administrator", "visitor")


def _pages(at, report, entry):
    url = f"/sessies/{at.id}/beraad"
    return (
        url,
        *(f"{url}/bord/{n}" for n in ("dilemma", "values", "alternatives", "weighing")),
        f"{url}/bord/conclusion",
        f"{url}/bord/values?deel=1",
        *(f"{url}/{n}" for n in ("dilemma", "oefendilemma", "waarden/erbij?cel=client.value.a")),
        *(f"{url}/inbreng/{entry}", f"{url}/inbreng/{entry}/weghalen", f"{url}/perspectief"),
        *(f"{url}/weging", f"{url}/weging/openen", f"{url}/conclusie"),
        *(f"{url}/verslag", f"{url}/verslag/opnieuw", f"{url}/verslag/voor-wie"),
        *(f"{url}/verslag/stuk/1", f"{url}/verslag/stuk/1/weghalen"),
        *(f"{url}/algemeen", f"{url}/algemeen/schrijven", f"{url}/algemeen/voor-wie"),
        *(f"/beraad/verslagen/{report}", f"/beraad/verslagen/{report}/pdf"),
        f"/beraad/verslagen/{report}/gelezen",
    )


_POSTS = (
    *("dilemma", "oefendilemma", "waarden/erbij", "perspectief", "perspectief/1/weghalen"),
    *("weging", "weging/openen", "conclusie", "verslag/maken", "verslag/opnieuw"),
    *("verslag/stuk/1", "verslag/stuk/1/laten", "verslag/stuk/1/vager", "verslag/stuk/1/weghalen"),
    *("verslag/voor-wie", "verslag/goedkeuren", "verslag/goedkeuring-intrekken"),
    *("algemeen/schrijven", "algemeen/voor-wie", "algemeen/goedkeuren"),
)


def test_for_everybody_else_there_is_no_beraad(make, now, browser):
    """Every page and every post, for all who did not take part: as if it did not exist."""
    at = sit(make, now)
    out = make.member("Weggestuurd")
    at.let_in(out)
    with unit_of_work() as session:
        row = at.at.participant(session, out)
        holding.remove(session, at.actor(at.lead), at.id, row.id, now)
    at.dilemma()
    entry = at.entry(at.others[0], "Rust nummer 1")
    at.conclude()
    at.report()
    circle = make.space(Visibility.CLOSED, coordinator=at.lead).circle
    at.choose(circle.id)
    with reading() as session:
        report = at.now_report(session).id
    run_due()
    everybody = {
        "absent": at.absent,
        "shown out": out,
        "moderator": make.member(site_role=SiteRole.MODERATOR),
        "administrator": make.member(site_role=SiteRole.ADMINISTRATOR),
        "visitor": None,
    }
    reader = make.member()  # in the space, and it is not approved yet
    make.join(reader, circle)
    everybody["reader"] = reader
    wrong = []
    for role, member in everybody.items():
        asking = browser(member) if member else browser()
        for page in _pages(at, report, entry):
            answer = asking.get(page)
            text = answer.get_data(as_text=True)
            if answer.status_code != (404 if member else 302) or any(w in text for w in WORDS):
                wrong.append(f"{role} {page}: {answer.status_code}")
        for page in _POSTS if role in POSTING else ():
            answer = asking.post(f"/sessies/{at.id}/beraad/{page}", {"text": "x", "version": "1"})
            if answer.status_code != (404 if member else 401):
                wrong.append(f"{role} POST {page}: {answer.status_code}")
        if member:
            for page in ("/", "/beraad", "/meldingen", "/casussen", "/agenda", "/dilemmas"):
                if any(word in asking.get(page).get_data(as_text=True) for word in WORDS):
                    wrong.append(f"{role} {page} holds words of it")
    assert wrong == []
    assert browser(at.others[0]).get(f"/sessies/{at.id}/beraad").status_code == 200


def test_a_page_runs_as_many_queries_for_much_as_for_little(make, now, browser):
    at = sit(make, now)
    at.dilemma()
    asking = browser(at.others[0])
    pages = [f"/sessies/{at.id}/beraad", f"/sessies/{at.id}/beraad/bord/values", "/beraad"]
    asking.get(pages[0])

    def queries():
        found = []
        for page in pages:
            with statements() as seen:
                assert asking.get(page).status_code == 200
            found.append(len(seen))
        return found

    at.entry(at.others[0], "Rust")
    at.weigh(at.others[0])
    before = queries()
    for number in range(20):
        at.entry(at.others[number % 3], f"Waarde {number}", "society.norm.b")
    at.weigh(at.others[1])
    assert queries() == before


def test_pages_say_who_reads_what_is_typed(make, now, browser):
    at = sit(make, now)
    url = f"/sessies/{at.id}/beraad"
    asking = browser(at.others[0])
    for page in ("dilemma", "waarden/erbij?cel=client.value.a", "conclusie", "perspectief"):
        text = asking.get(f"{url}/{page}").get_data(as_text=True)
        assert "Only who takes part in this session reads this" in text
    assert "Nobody reads this before" in asking.get(f"{url}/weging").get_data(as_text=True)


def test_the_table_is_one_for_screen_readers(make, now, browser):
    at = sit(make, now)
    at.dilemma()
    page = browser(at.others[0]).get(f"/sessies/{at.id}/beraad/bord/values").get_data(as_text=True)
    assert page.count('scope="rowgroup"') == 6
    assert page.count('scope="row"') == 12
    assert page.count('role="cell"') == 24
    assert len(re.findall(r"<label[^>]*>[^<]+, [^<]+, [^<]+</label>", page)) == 24


def test_a_dilemma_of_the_month_is_there_for_visitors(make, now, browser):
    at = sit(make, now, others=2)
    at.all_of_it()
    one = browser(at.others[0])
    url = f"/sessies/{at.id}/beraad"
    assert one.send(f"{url}/algemeen/schrijven", {"title": ""}).status_code == 422
    one.send(f"{url}/algemeen/schrijven", {"title": "De deur", "helped": "Doorvragen"})
    one.send(f"{url}/algemeen/voor-wie", {"audience": "public"})
    visitor = browser()
    assert "De deur" not in visitor.get("/dilemmas").get_data(as_text=True)
    at.approve(form=Form.GENERAL)
    listed = visitor.get("/dilemmas").get_data(as_text=True)
    assert "De deur" in listed
    assert "To practise with: invented" not in listed
    with reading() as session:
        made = at.now_report(session, Form.GENERAL).id
    page = visitor.get(f"/dilemmas/{made}").get_data(as_text=True)
    assert "Doorvragen" in page
    assert f"/sessies/{at.id}" not in page
