#!/usr/bin/env python3
"""Take the README's pictures anew, of the demo community: run it after the look has changed.

    PYTHONPATH=. .venv/bin/python scripts/pictures.py

Writes docs/pictures/*.png. Needs the browser of the tests (scripts/browser.sh).
"""

import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import select

from bench.servers import Small
from cop.discussions.models import Discussion
from cop.members.models import Member, Persona
from cop.platform.db import reading
from cop.spaces.models import Space

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
MEMBER = "Marjan Teulings"
SPACE = "Thuis nuchter"
DISCUSSION = "Hoe vraag je naar gedachten aan de dood, zonder stuntelen?"


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="cop-pictures-") as folder,
        Small(Path(folder) / "site") as site,
        sync_playwright() as playwright,
    ):
        site.fill()
        site.serve()
        with site.app.app_context(), reading() as session:
            member = session.scalars(
                select(Member)
                .join(Persona, Persona.member_id == Member.id)
                .where(Persona.name == MEMBER)
            ).one()
            slug = session.scalars(select(Space.slug).where(Space.name == SPACE)).one()
            talk = session.scalars(
                select(Discussion.id).where(Discussion.title == DISCUSSION)
            ).one()
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        cookie = site.cookie(member)
        take(browser, site.url, cookie, f"/proeftuinen/{slug}", "space", 1280, 900)
        take(browser, site.url, cookie, f"/discussies/{talk}", "discussion", 390, 844)
        browser.close()


def take(
    browser: Browser, site: str, cookie: str, path: str, name: str, width: int, height: int
) -> None:
    """The top of a page as a member sees it, in few colours, so that it weighs little."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="nl-NL")
    key, _, value = cookie.partition("=")
    context.add_cookies([{"name": key, "value": value, "url": site}])
    page = context.new_page()
    page.goto(site + path, wait_until="load")
    page.wait_for_timeout(500)  # the font
    target = PICTURES / f"{name}.png"
    page.screenshot(path=target)
    context.close()
    with Image.open(target) as picture:
        picture.convert("RGB").quantize(96).save(target, optimize=True)
    print(f"{target.relative_to(PICTURES.parent.parent)}: {target.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
