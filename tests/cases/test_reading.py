"""Reading: written down each time, printed with circle and end date, few queries, waiting items."""

import io
import re
from datetime import timedelta

import pikepdf
import pytest

from cop.cases import readings as readings_of_cases
from cop.cases import second_reading, sharing
from cop.cases.models import Case, CaseState, Reading
from cop.members.blocks import Block
from cop.platform import clock, pdf
from cop.platform.db import reading, unit_of_work
from cop.platform.errors import NotFound, Refused
from cop.platform.mail.models import OutgoingMail
from cop.platform.worker import run_due
from cop.textcheck.asking import AuthorAsked
from tests.cases.walking import walk
from tests.support.counting import statements


def readings(case_id: int) -> list[str]:
    with reading() as session:
        found = session.query(Reading).filter_by(case_id=case_id).order_by(Reading.id)
        return [r.where for r in found]


def test_each_reading_is_written_down_and_the_author_sees_it(people, browser) -> None:
    case = people.walk.to(CaseState.WITH_READER, people.circle, people.reader)
    url = f"/casussen/{case.id}"
    refused = browser(people.reader).post(f"{url}/tweede-lezing", {"words": "staat er niet"})
    assert refused.status_code == 422
    assert "do not stand in the text" in refused.text, "the text is shown: that is a reading"
    people.walk.approved(case, people.reader)
    people.walk.shared(case)
    colleague, author = browser(people.colleague), browser(people.author)
    for page in ("", "", "/afdrukken", "/pdf"):
        colleague.get(f"{url}{page}")
        author.get(f"{url}{page}")
    wanted = ["second", "page", "page", "print", *(["pdf"] if pdf.available() else [])]
    assert readings(case.id) == wanted, "the author's own are none"
    log = author.get(f"{url}/gelezen").get_data(as_text=True)
    assert log.count("Karim Jansen") == len(wanted) - 1
    assert "as second reader" in log
    for member in (people.colleague, people.coordinator, people.reader):
        assert browser(member).get(f"{url}/gelezen").status_code == 404


def test_what_cannot_be_written_down_is_not_read(people, browser, monkeypatch) -> None:
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)

    def fails(*_args) -> None:
        raise RuntimeError

    monkeypatch.setattr(readings_of_cases, "note", fails)
    with pytest.raises(RuntimeError):
        browser(people.colleague).get(f"/casussen/{case.id}")


def test_print_view_has_circle_and_end_date(people, browser) -> None:
    case = people.walk.to(CaseState.CLOSED, people.circle, people.reader)
    page = browser(people.colleague).get(f"/casussen/{case.id}/afdrukken").get_data(as_text=True)
    head = re.search(r"<thead>(.*?)</thead>", page, re.S)
    assert head, "the head of a table is printed on every page"
    assert "only for Proeftuin Oosterhaven" in head[1]
    assert "Destroy this paper after" in head[1]


def text_on(page: pikepdf.Page) -> str:
    """The words on a page, by what its fonts say that their signs stand for; blanks as one."""
    signs: dict[str, dict[int, str]] = {}
    for name, font in page.Resources.Font.items():
        pairs = re.findall(rb"<(\w{4})> <(\w+)>", font.ToUnicode.read_bytes())
        signs[name] = {int(a, 16): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in pairs}
    said, font = "", ""
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            font = str(operands[0])
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else operands
            for part in parts:
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    pairs_of = zip(codes[::2], codes[1::2], strict=True)
                    said += "".join(signs[font].get(a * 256 + b, "") for a, b in pairs_of)
            said += " "
    return " ".join(said.split())


def test_pdf_has_circle_and_end_date_on_every_page(people, browser, make) -> None:
    """Where the machine cannot draw one, the page says what to do instead."""
    long = "Ze wil naar huis, en dat ziet niet iedereen zitten. " * 60
    case = people.walk.start(
        raw={"title": "Naar huis", "text": "\n\n".join([long] * 4), "question": "Wat nu?"}
    )
    people.walk.decided(case)
    people.walk.checked(case)
    people.walk.circled(case, people.circle)
    people.walk.nobody(case)
    people.walk.asked(case, people.reader)
    people.walk.approved(case, people.reader)
    people.walk.shared(case)
    answer = browser(people.colleague).get(f"/casussen/{case.id}/pdf")
    if not pdf.available():
        assert "No PDF can be made on this server" in answer.get_data(as_text=True)
        return
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="casus-{case.id}.pdf"'
    data = answer.get_data()
    assert b"Naar huis" not in data[:2000]
    with pikepdf.open(io.BytesIO(data)) as document:
        assert len(document.pages) > 2
        assert document.Root.MarkInfo.Marked
        assert "Naar huis" not in str(document.docinfo.get("/Title", ""))
        for page in document.pages:
            text = text_on(page)
            assert "only for Proeftuin Oosterhaven" in text
            assert "Destroy this paper after" in text


def test_without_pango_the_page_says_so(people, browser, monkeypatch) -> None:
    monkeypatch.setattr(pdf, "available", lambda: False)
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    colleague = browser(people.colleague)
    page = colleague.get(f"/casussen/{case.id}/pdf")
    assert page.status_code == 200
    assert "The program library Pango is missing" in page.get_data(as_text=True)
    assert "As a PDF" not in colleague.get(f"/casussen/{case.id}/afdrukken").get_data(as_text=True)


def test_a_paper_fetches_nothing() -> None:
    if not pdf.available():
        return
    fetcher = pdf._fetcher()
    for address in ("http://127.0.0.1/x", "file:///etc/passwd", "file:///etc/x.woff2", "data:,x"):
        with pytest.raises(ValueError):
            fetcher.fetch(address)


def test_waiting_items_stand_on_today_until_they_are_done(people, browser, make) -> None:
    reader, author = browser(people.reader), browser(people.author)
    case = people.walk.to(CaseState.WITH_READER, people.circle, people.reader)
    assert "A case waits for your second reading." in reader.get("/").get_data(as_text=True)
    with unit_of_work() as session:
        actor = make.actor(people.reader)
        second_reading.mark(session, actor, case.id, "naar huis", "Waarom?", people.walk.now)
        second_reading.send_back(session, actor, case.id, people.walk.now)
    assert "waits for your second reading" not in reader.get("/").get_data(as_text=True)
    assert "Your case came back with marks." in author.get("/").get_data(as_text=True)
    people.walk.asked(case, people.reader)
    people.walk.approved(case, people.reader)
    assert "Your case was approved" in author.get("/").get_data(as_text=True)
    people.walk.shared(case)
    assert "Your case was approved" not in author.get("/").get_data(as_text=True)


def test_a_page_runs_as_many_queries_however_much_there_is(people, browser, make) -> None:
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    colleague = browser(people.colleague)

    def counts() -> dict[str, int]:
        found = {}
        for page in ("/casussen", f"/casussen/{case.id}", "/", f"/proeftuinen/{people.slug}"):
            colleague.get(page)
            with statements() as ran:
                colleague.get(page)
            found[page] = len(ran)
        return found

    before = counts()
    for n in range(4):
        people.walk.to(CaseState.SHARED, people.circle, people.reader)
        with unit_of_work() as session:
            actor = make.actor(people.colleague)
            sharing.contribute(session, actor, case.id, "feedback", f"Nummer {n}", people.walk.now)
    assert counts() == before


def test_contributions(people, make, browser) -> None:
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    colleague, now = make.actor(people.colleague), people.walk.now
    with unit_of_work() as session:
        one = sharing.contribute(session, colleague, case.id, "question", "Wie dan?", now)
        twin = sharing.contribute(session, colleague, case.id, "question", "Wie dan?", now)
        assert one.id == twin.id, "the same form sent twice is one contribution"
    for kind, text in (("question", " "), ("question", "x" * 4001), ("praatje", "Hoi daar")):
        with pytest.raises(Refused), unit_of_work() as session:
            sharing.contribute(session, colleague, case.id, kind, text, now)
    for said in (
        "Cliënt mevrouw Bouzerda, geboren 12-03-1971, bsn 111222333, woont er ook.",
        "Volgens mij is dit Fatima Bouzerda.",
        "Bel eens naar 06-12345678.",
        "Is dat niet in de Hommelstraat 12?",
    ):
        with pytest.raises(AuthorAsked), unit_of_work() as session:
            sharing.contribute(session, colleague, case.id, "feedback", said, now)
        with pytest.raises(AuthorAsked), unit_of_work() as session:
            sharing.close(session, make.actor(people.author), case.id, said, now)
    with unit_of_work() as session:  # whoever takes part in it is called by name
        sharing.contribute(session, colleague, case.id, "feedback", "Dag Annelies, knap.", now)
    url = f"/bijdragen/{one.id}"
    assert browser(people.coordinator).get(f"{url}/verwijderen").status_code == 404
    assert browser(people.colleague).get(f"{url}/antwoord").status_code == 404
    assert browser(people.author).send(f"{url}/antwoord", {"text": "Zijzelf."}).status_code == 302
    assert browser(people.colleague).send(f"{url}/verwijderen").status_code == 302
    people.walk.closed(case)
    with pytest.raises(NotFound), unit_of_work() as session:
        sharing.contribute(session, colleague, case.id, "question", "Nog iets?", now)


def test_pseudonyms_of_a_case_are_no_concern_below_it(people, make) -> None:
    """Whoever talks about a case names the people in it as it does."""
    case = people.walk.to(CaseState.SHARED, people.circle, people.reader)
    with reading() as session:
        title = session.get_one(Case, case.id).title or ""
    name = title.split()[0]
    with unit_of_work() as session:
        said = f"Wat zou {name} zelf willen? Heeft iemand {name} dat gevraagd, en haar moeder ook?"
        sharing.contribute(
            session, make.actor(people.colleague), case.id, "question", said, people.walk.now
        )


def test_second_readers(people, make, browser) -> None:
    """Not oneself, nobody unknown, no approval of another version or with marks."""
    case = people.walk.ready(people.circle)
    author, url = browser(people.author), f"/casussen/{case.id}/tweede-lezer"
    own = make.persona(people.author).handle
    assert "Ask somebody else" in author.send(url, {"handle": own}).get_data(as_text=True)
    like = author.send(url, {"handle": "Ria"}).get_data(as_text=True)
    assert "Do you mean one of these?" in like
    assert "Ria Verlinden" in like
    assert "Nobody is called so" in author.send(url, {"handle": "xyz"}).get_data(as_text=True)
    people.walk.asked(case, people.reader)
    actor, now = make.actor(people.reader), people.walk.now
    with pytest.raises(Refused), unit_of_work() as session:
        second_reading.approve(session, actor, case.id, 99, now)
    with pytest.raises(Refused), unit_of_work() as session:
        second_reading.send_back(session, actor, case.id, now)
    with pytest.raises(Refused), unit_of_work() as session:
        second_reading.mark(session, actor, case.id, "staat er niet", "", now)
    with unit_of_work() as session:
        second_reading.mark(session, actor, case.id, "naar huis", "", now)
    with pytest.raises(Refused), unit_of_work() as session:
        second_reading.approve(session, actor, case.id, 1, now)
    reader = browser(people.reader)
    here = f"/casussen/{case.id}/tweede-lezing"
    assert reader.send(here, {"mark": "1"}, to=f"{here}/merk-weg").status_code == 302
    assert reader.send(here, to=f"{here}/geen-tijd").status_code == 302
    assert reader.get(here).status_code == 404
    with pytest.raises(Refused) as refused:
        people.walk.asked(case, people.reader)
    assert type(refused.value) is Refused
    assert refused.value.field == "handle"
    walk(make, people.author, now + timedelta(days=1)).asked(case, people.reader)
    taken = author.send(f"/casussen/{case.id}", to=f"/casussen/{case.id}/tweede-lezer/terug")
    assert taken.status_code == 302
    assert reader.get(here).status_code == 404


def test_who_blocked_the_author_is_not_asked_or_mailed(people, make, browser) -> None:
    """To the author it is as if nobody were called so; and it holds the other way round."""
    case, later = people.walk.ready(people.circle), people.walk.ready(people.circle)
    author, url = browser(people.author), f"/casussen/{case.id}/tweede-lezer"
    handle = make.persona(people.reader).handle

    def block(by, member) -> None:
        make.save(Block(member_id=by.id, persona_id=make.persona(member).id, at=clock.now()))

    people.walk.asked(later, people.reader)
    block(people.reader, people.author)
    run_due()
    with reading() as session:
        assert session.query(OutgoingMail).count() == 0
    assert "second reading" not in browser(people.reader).get("/casussen").get_data(as_text=True)
    assert "Nobody is called so" in author.send(url, {"handle": handle}).get_data(as_text=True)
    with pytest.raises(Refused):
        people.walk.chosen(case, people.reader)
    block(people.author, people.stranger)
    with pytest.raises(second_reading.NobodyCalledSo):
        people.walk.asked(case, people.stranger)
    people.walk.asked(case, people.colleague)


def test_asked_and_taken_back_again_and_again_is_one_mail(people, make) -> None:
    case, now = people.walk.ready(people.circle), people.walk.now - timedelta(hours=26)
    for hour in (0, 1, 2, 25):
        moment = now + timedelta(hours=hour)
        at = walk(make, people.author, moment)
        if 0 < hour < 24:
            with pytest.raises(Refused):
                at.asked(case, people.reader)
            continue
        at.asked(case, people.reader)
        run_due()
        with unit_of_work() as session:
            second_reading.take_back(session, make.actor(people.author), case.id, moment)
    with reading() as session:
        assert session.query(OutgoingMail).count() == 2, "one a day"
    # Sent back with marks, it was their turn, and is again.
    at.asked(case, people.colleague)
    reader = make.actor(people.colleague)
    with unit_of_work() as session:
        second_reading.mark(session, reader, case.id, "naar huis", "", moment)
        second_reading.send_back(session, reader, case.id, moment)
    at.asked(case, people.colleague)
