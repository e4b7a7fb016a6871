"""The community's figures: pages against a bare page, growth, weight, ten writers, the large demo.

Servers are real (gunicorn, one sync worker each, so that a request a second is a request a second
and core); runs are interleaved, medians are compared.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import func, select

from bench.figures import Goal
from bench.servers import Bare, Small
from cop.demo.multiply import LONG_TITLE
from cop.discussions.models import Discussion, DiscussionList, Post
from cop.members.models import Member, MemberState, Persona, PersonaKind
from cop.platform import clock, markup
from cop.platform.db import reading, unit_of_work
from cop.spaces.circles import Circle, Visibility

GOALS = [
    Goal("page-of-bare", ">=", 0.5, "", "a bare Flask page of the same thirty posts"),
    Goal("page-growth", "<=", 1.5, "", "thirty posts in the small demo"),
    Goal("list-growth", "<=", 1.5, "", "the same list in the small demo"),
    Goal("home-growth", "<=", 1.5, "", "the home page of the small demo"),
    Goal("page-bytes", "<=", 100, "kB", "everything a first visit loads, pictures aside"),
    Goal("ten-writers-slowest", "<=", 1000, "ms", "ten answers at once on SQLite"),
    Goal("demo-large", "<=", 300, "s", "cop demo --size large on SQLite"),
]
POSTS = 30
LONG_POSTS = 10_000
LIST = "koffiehoek"


def measure(full: bool) -> Iterator[tuple[str, Callable[[], float]]]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cop-bench-")))
        small = stack.enter_context(Small(folder / "small"))
        large = stack.enter_context(Small(folder / "large"))
        small.fill()
        yield "demo-large", lambda: large.fill("--size", "large")
        bare = stack.enter_context(Bare(folder / "bare"))
        thirty = like_the_floor(small)
        small.serve()
        large.serve()
        times = 60 if full else 30
        yield "page-of-bare", lambda: page_of_bare(small, bare, thirty, full)
        yield "page-growth", lambda: page_growth(small, large, thirty, times)
        yield "list-growth", lambda: list_growth(small, large, times)
        yield "home-growth", lambda: grown(small, "/", large, "/", times)
        small.stop()
        small.serve("all")
        yield "page-bytes", lambda: page_bytes(small, f"/discussies/{thirty}")
        yield "ten-writers-slowest", lambda: ten_writers(small, thirty, 20 if full else 6)


def like_the_floor(site: Small) -> int:
    """A discussion of thirty posts with words like the bare page's, by fifty members."""
    text = "\n\n".join(
        f"{'patient huisarts verwijzing ervaring vraag casus ' * 10} **advies overleg vraag** "
        "[link](https://example.org/x)."
        for _ in range(2)
    )
    html, words = markup.render(text), markup.word_count(text)
    now = clock.now()
    with site.app.app_context(), unit_of_work() as session:
        list_id = session.scalars(
            select(DiscussionList.id)
            .join(Circle, Circle.id == DiscussionList.circle_id)
            .where(Circle.visibility == Visibility.OPEN, DiscussionList.short_name == LIST)
        ).one()
        authors = list(
            session.scalars(select(Persona.id).where(Persona.kind == PersonaKind.SELF).limit(50))
        )
        made = Discussion(
            list_id=list_id,
            kind="conversation",
            title="Onderwerp 500 patient huisarts verwijzing medicatie controle",
            author_id=authors[0],
            created_at=now - timedelta(hours=1),
            last_post_at=now,
            last_number=POSTS,
            post_count=POSTS,
            words=POSTS * words,
        )
        session.add(made)
        session.flush()
        for number in range(1, POSTS + 1):
            session.add(
                Post(
                    discussion_id=made.id,
                    number=number,
                    author_id=authors[number % len(authors)],
                    source=text,
                    html=html,
                    words=words,
                    created_at=now - timedelta(minutes=POSTS - number),
                )
            )
        return made.id


def page_of_bare(site: Small, bare: Bare, discussion_id: int, full: bool) -> float:
    """Requests a second of ours over the bare page's: the median of interleaved pairs."""
    seconds, rounds = (10, 7) if full else (4, 5)
    ours, floor = f"/discussies/{discussion_id}", f"/topic/500?n={POSTS}"
    for path, server in ((ours, site), (floor, bare)):
        load(server.port, path, 2, server.cookie())
    ratios = []
    for _ in range(rounds):
        a = load(site.port, ours, seconds, site.cookie())
        b = load(bare.port, floor, seconds, "")
        print(f"  ours {a:.0f}/s, bare {b:.0f}/s", file=sys.stderr)
        ratios.append(a / b)
    return statistics.median(ratios)


def load(port: int, path: str, seconds: int, cookie: str) -> float:
    """Requests a second that wrk gets; every answer must be a 200."""
    said = subprocess.run(
        [
            *("wrk", "-t1", "-c8", f"-d{seconds}s", "-H", f"Cookie: {cookie}"),
            f"http://127.0.0.1:{port}{path}",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said:
        raise RuntimeError(f"{path} does not answer 200")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found is not None
    return float(found[1])


def page_growth(small: Small, large: Small, thirty: int, times: int) -> float:
    """The worst of page 1, the middle and the end of the long discussion."""
    with large.app.app_context(), reading() as session:
        long = session.scalars(select(Discussion.id).where(Discussion.title == LONG_TITLE)).one()
    pages = LONG_POSTS // POSTS  # the last whole page, so that each shows thirty posts
    starts = [n * POSTS + 1 for n in (0, pages // 2, pages - 1)]
    return max(
        grown(small, f"/discussies/{thirty}", large, f"/discussies/{long}?vanaf={first}", times)
        for first in starts
    )


def list_growth(small: Small, large: Small, times: int) -> float:
    """The discussions of one list. The overview of all lists is told beside it: it shows a line
    for every list, of which the large demo has five times as many."""
    overview = "/gesprekken"
    print(
        f"  (the overview: {grown(small, overview, large, overview, times):.2f})", file=sys.stderr
    )
    path = f"/gesprekken/{LIST}"
    return grown(small, path, large, path, times)


def grown(small: Small, path: str, large: Small, large_path: str, times: int) -> float:
    """How many times longer the large site's median answer takes than the small one's."""
    took: tuple[list[float], list[float]] = ([], [])
    for n in range(times + 5):
        for site, where, kept in ((small, path, took[0]), (large, large_path, took[1])):
            began = time.perf_counter()
            site.get(where)
            if n >= 5:  # the first ones warm both up
                kept.append(time.perf_counter() - began)
    a, b = (statistics.median(kept) * 1000 for kept in took)
    print(f"  {large_path}: small {a:.1f} ms, large {b:.1f} ms", file=sys.stderr)
    return b / a


def page_bytes(site: Small, path: str) -> float:
    """What a browser that was never here takes over the wire for one page, in kB."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu"],
        )
        context = browser.new_context()
        name, _, value = site.cookie().partition("=")
        context.add_cookies([{"name": name, "value": value, "url": site.url}])
        page = context.new_page()
        wire = context.new_cdp_session(page)
        kinds: dict[str, tuple[str, str]] = {}
        sizes: dict[str, float] = {}
        wire.on(
            "Network.responseReceived",
            lambda e: kinds.__setitem__(e["requestId"], (e["type"], e["response"]["url"])),
        )
        wire.on(
            "Network.loadingFinished",
            lambda e: sizes.__setitem__(e["requestId"], e["encodedDataLength"]),
        )
        wire.send("Network.enable")
        page.goto(site.url + path, wait_until="load")
        page.wait_for_timeout(1500)  # modules and the socket; it stays open, so idle never comes
        browser.close()
    total = 0.0
    for request, size in sizes.items():
        kind, url = kinds.get(request, ("Other", "?"))
        print(f"  {size / 1000:6.1f} kB {kind} {url.removeprefix(site.url)}", file=sys.stderr)
        total += 0 if kind == "Image" and not url.endswith(".svg") else size
    return total / 1000


def ten_writers(site: Small, discussion_id: int, rounds: int) -> float:
    """Ten members answer one discussion at the same moment; the slowest answer in ms.

    Raises:
        RuntimeError: an answer was refused or lost.
    """
    with site.app.app_context(), reading() as session:
        members = list(
            session.scalars(select(Member).where(Member.state == MemberState.ACTIVE).limit(10))
        )
        before = session.scalar(select(func.count()).where(Post.discussion_id == discussion_id))
    assert len(members) == 10
    writers = [Writer(site, member, discussion_id) for member in members]
    slowest = 0.0
    for _ in range(rounds):
        gate = threading.Barrier(len(writers))
        threads = [threading.Thread(target=writer.write, args=(gate,)) for writer in writers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        slowest = max(slowest, *(writer.took for writer in writers))
    refused = [writer.refused for writer in writers if writer.refused]
    with site.app.app_context(), reading() as session:
        after = session.scalar(select(func.count()).where(Post.discussion_id == discussion_id))
    if refused or after - before != 10 * rounds:
        raise RuntimeError(f"{10 * rounds - (after - before)} of {10 * rounds} lost; {refused[:3]}")
    return slowest * 1000


class Writer:
    """A member's browser that answers a discussion again and again."""

    def __init__(self, site: Small, member: Member, discussion_id: int) -> None:
        self.site = site
        signed_in = site.cookie(member)
        self.path = f"/discussies/{discussion_id}"
        self.took = 0.0
        self.refused = ""
        self.count = 0
        page, given = site.get_with_cookie(self.path, signed_in)
        self.cookie = given or signed_in  # the page put the form's secret into it
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None
        self.token = found[1]

    def write(self, gate: threading.Barrier) -> None:
        self.count += 1
        body = urlencode({"csrf_token": self.token, "text": f"Antwoord {self.count} hierop."})
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        connection = HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        gate.wait()
        began = time.perf_counter()
        connection.request("POST", f"{self.path}/antwoord", body, headers)
        answer = connection.getresponse()
        answer.read()
        self.took = time.perf_counter() - began
        if answer.status not in (302, 303):
            self.refused = f"{answer.status}"
        connection.close()
