"""Two people edit one practice at once, each in a real browser: nothing is lost."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from cop.platform.db import reading
from cop.practices.models import PracticeRevision
from tests.practices.writing import draft, writes_along
from tests.support.browser import Opener, troubles
from tests.support.site import Site

pytestmark = pytest.mark.browser


def test_two_editors_at_once(site: Site, open_page: Opener) -> None:
    make = site.make
    anna, bram = make.member("Anna Smit"), make.member("Bram Maas")
    text = "Spreek een tijd af.\n\nBel.\n\nSchrijf op wat je hoort."
    made = draft(make, anna, sections={"steps": text})
    writes_along(make, anna, bram, made)
    url = f"{site.url}/praktijken/{made.id}/schrijven/steps"
    first, second = open_page(), open_page(width=390)
    for page, who in ((first, anna), (second, bram)):
        site.sign_in(page, who)
        page.goto(url)
    expect(second.get_by_text("Anna Smit has this part open too.")).to_be_visible()
    first.get_by_label("Steps").fill(text.replace("Bel.", "Bel, en neem de tijd."))
    second.get_by_label("Steps").fill(text.replace("wat je hoort", "wat je hoort, en lees het na"))
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_text("Kept: Steps.")).to_be_visible()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("alert")).to_contain_text("Anna Smit changed this")
    both = second.get_by_label("Steps")
    expect(both).to_have_value(
        "Spreek een tijd af.\n\nBel, en neem de tijd.\n\nSchrijf op wat je hoort, en lees het na."
    )
    assert second.locator("ins").count() >= 2  # what she changed, and what he changed
    assert all("422" in line for line in troubles(second))
    second.get_by_role("button", name="Send both together").click()
    expect(second.get_by_text("Kept: Steps.")).to_be_visible()
    first.reload()
    expect(first.get_by_text("Bel, en neem de tijd.")).to_be_visible()
    expect(first.get_by_text("en lees het na")).to_be_visible()
    with reading() as session:
        kept = session.scalars(
            select(PracticeRevision.by_id)
            .where(PracticeRevision.practice_id == made.id, PracticeRevision.section == "steps")
            .order_by(PracticeRevision.version)
        ).all()
    assert kept == [make.persona(who).id for who in (anna, anna, bram)]
