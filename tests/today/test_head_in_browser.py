"""The head of every page, in a real browser."""

import pytest

from cop.notifications.models import Notification
from cop.platform import clock
from cop.platform.db import unit_of_work
from tests.support.browser import Opener
from tests.support.site import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["nl", "en"])
def test_on_a_desk_all_ways_in_stand_in_one_row_however_much_is_new(
    site: Site, open_page: Opener, language: str
) -> None:
    member = site.make.member("Ruud Jansen")
    with unit_of_work() as session:
        session.add_all(
            Notification(
                member_id=member.id,
                key=f"head:{n}",
                kind="discussions.mention",
                subject_id=0,
                at=clock.now(),
            )
            for n in range(100)
        )
    page = open_page(language=language, width=1280)
    site.sign_in(page, member)
    page.goto(f"{site.url}/gesprekken")
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.locator(".nav-list .count").inner_text().startswith("99+")
    tops = page.locator(".nav-list > li").evaluate_all(
        "all => all.map(each => Math.round(each.getBoundingClientRect().top))"
    )
    assert len(tops) == 11
    assert max(tops) - min(tops) < 20
