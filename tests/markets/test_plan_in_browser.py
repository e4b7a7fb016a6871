"""The plan under a finger: a name that it rests on goes along, else the page scrolls."""

import pytest
from playwright.sync_api import CDPSession, Locator, expect

from tests.markets.making import Fair
from tests.support.browser import Opener
from tests.support.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.alone]


def middle(place: Locator) -> dict[str, float]:
    box = place.bounding_box()
    assert box is not None
    return {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}


def finger(cdp: CDPSession, kind: str, *points: dict[str, float]) -> None:
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})


def test_a_finger_drags_a_name_to_another_stall_and_still_scrolls(
    site: Site, open_page: Opener
) -> None:
    fair = Fair(site.make, site.make.member())
    for name in ("Vinger Een", "Vinger Twee", "Vinger Drie"):
        fair.bring(site.make.member(name), "Hoe begin je?")
    fair.lay_out()
    fair.plan()
    page = open_page(width=390, touch=True)
    site.sign_in(page, fair.host)
    page.goto(f"{site.url}{fair.url}/indeling#ronde-1")
    page.wait_for_function("() => customElements.get('plan-table')")
    first = page.locator("#ronde-1")
    name = first.locator("[data-who]").first
    lobby = first.locator("[data-stall='']")
    name.scroll_into_view_if_needed()
    cdp = page.context.new_cdp_session(page)

    # A finger that moves at once scrolls, and nothing is dragged.
    at = middle(name)
    finger(cdp, "touchStart", at)
    for step in range(1, 6):
        finger(cdp, "touchMove", at | {"y": at["y"] - 20 * step})
    finger(cdp, "touchEnd")
    expect(first.locator(".is-new")).to_have_count(0)
    assert "/verplaatsen" not in page.url

    name.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # until it scrolls no more
    at = middle(name)
    finger(cdp, "touchStart", at)
    expect(name).to_have_class("tag is-held")
    to = middle(lobby)
    for share in (0.3, 0.7, 1):
        point = {axis: at[axis] + (to[axis] - at[axis]) * share for axis in ("x", "y")}
        finger(cdp, "touchMove", point)
    expect(lobby).to_have_class("row is-new")
    who = name.get_attribute("data-who")
    finger(cdp, "touchEnd")
    page.wait_for_url(f"**/indeling/verplaatsen?wie={who}&ronde=0&kraam=")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Move")
