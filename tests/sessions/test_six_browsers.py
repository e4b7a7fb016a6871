"""Six browsers, the whole way: a group is formed and finds its date, holds an intervisie and a
moreel beraad with every step, looks back and follows up. One browser is killed on the way, one is
without a connection for thirty seconds in which the others go on: no word is lost or doubled, and
all show the same."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import count
from statistics import median

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as Timeout
from sqlalchemy import select

from cop.beraad.models import Report
from cop.gatherings import when
from cop.gatherings.models import Gathering
from cop.groups.models import GroupKind
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.models import OutgoingMail
from cop.sessions import methods
from cop.sessions.models import SessionEntry
from cop.spaces.circles import Visibility
from tests.support.browser import Opener, troubles
from tests.support.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.alone]

PEOPLE = 6
PATIENT = 45_000  # milliseconds: a slow machine that has much to do besides
SAME_WITHIN = 2.0  # seconds, until all six show a new step: at the median of the steps
AT_WORST = 20.0  # and at every step, whatever else the machine does meanwhile
OFFLINE = 30.0  # seconds
NAMES = ("Leonie Leidt", "Anna Aa", "Bram Bee", "Cor Cee", "Dien Dee", "Evert Ee")
RANKS = ("eerste", "tweede", "derde", "vierde", "vijfde", "zesde")  # no names: they are asked about
# A function, not an expression: the page's policy forbids evaluating words again and again.
HEARS = "() => [...(globalThis.live?.heard.values() ?? [])].some((one) => one.asking === false)"
SENT = "() => globalThis.live.queue.length === 0"
# Everything that all see, and when the step ends by this screen: one machine's clock is under all.
SCREEN = """() => {
    const told = (selector, of = (one) => one.textContent.trim()) =>
        [...document.querySelectorAll(`session-screen ${selector}`)].map(of);
    const [minutes, seconds] = (told("[data-shown]")[0] ?? "0:0").split(":").map(Number);
    const shown = {
        at: document.querySelector("session-screen")?.dataset.at,
        step: told("#stap-naam"),
        path: told(".session-path li", (one) => one.className),
        words: told(".session-words"),
        floor: told("[data-floor]"),
        there: told("[data-seat]", (one) => one.dataset.name + one.classList.contains("is-away")),
    };
    return [JSON.stringify(shown), minutes * 60 + seconds + Date.now() / 1000];
}"""


class Six:
    """Six people, each in a browser of their own; the first leads."""

    def __init__(self, site: Site, open_page: Opener) -> None:
        self.site, self._open = site, open_page
        self.members = [site.make.member(name) for name in NAMES]
        self.pages = [self.browser(member) for member in self.members]
        self.numbers = count(1)
        self.took: list[float] = []
        self.lost: dict[int, float] = {}  # whose connection, and since when

    @property
    def lead(self) -> Page:
        return self.pages[0]

    @property
    def there(self) -> list[Page]:
        """The browsers that have a connection."""
        return [page for number, page in enumerate(self.pages) if number not in self.lost]

    def browser(self, member: Member) -> Page:
        page = self._open(width=390 if member is self.members[1] else 1280)
        page.set_default_timeout(PATIENT)
        page.set_default_navigation_timeout(PATIENT)
        self.site.sign_in(page, member)
        return page

    def all_go(self, path: str, pages: Sequence[Page] | None = None) -> None:
        """All open it at the same time, and none waits until another has it whole."""
        for page in self.pages if pages is None else pages:
            page.goto(self.site.url + path, wait_until="commit")

    def all_hear(self) -> None:
        for page in self.pages:
            page.wait_for_function(HEARS, timeout=PATIENT)

    def kill(self, number: int, path: str) -> None:
        """A browser ends without a word; its owner comes back with another one."""
        self.pages[number].context.close()
        self.pages[number] = self.browser(self.members[number])
        self.pages[number].goto(self.site.url + path)
        self.pages[number].wait_for_function(HEARS, timeout=PATIENT)

    def lose(self, number: int) -> None:
        """The connection of one browser is gone, and nothing that it asks gets through."""
        page = self.pages[number]
        page.context.set_offline(True)
        page.evaluate("globalThis.live.socket.io.engine.close()")
        self.lost[number] = time.monotonic()

    def find(self, number: int, after: float = 0.0) -> None:
        """It is back, so many seconds after it was lost at least, and shows what all show."""
        page = self.pages[number]
        rest = after - (time.monotonic() - self.lost[number])
        if rest > 0:
            page.wait_for_timeout(rest * 1_000)
        assert not page.evaluate("globalThis.live.connected")
        page.context.set_offline(False)
        del self.lost[number]
        self.took.append(self.until_all_show_the_same())

    def until_all_show_the_same(self) -> float:
        """How long it takes; the clocks of the step may differ by a second."""
        began = time.monotonic()
        while True:
            seen = [page.evaluate(SCREEN) for page in self.there]
            ends = [end for _screen, end in seen]
            if len({screen for screen, _end in seen}) == 1 and max(ends) - min(ends) <= 1.5:
                return time.monotonic() - began
            differ = "\n".join(f"{end:.1f} {screen}" for screen, end in seen)
            assert time.monotonic() - began < AT_WORST, differ
            self.lead.wait_for_timeout(50)

    def begins(self) -> None:
        press(self.lead, "Begin the session")
        for page in self.pages:
            shows(page.locator("#stap-naam"))
        self.all_hear()

    def next_step(self, name: str) -> None:
        """Everybody's screen turns to the next step by itself, and all show the same."""
        began = time.monotonic()
        press(self.lead, "Next step")
        for page in self.there:
            says(page.locator("#stap-naam"), name)
        self.until_all_show_the_same()
        self.took.append(time.monotonic() - began)

    def all_turned_in_time(self) -> None:
        assert median(self.took) < SAME_WITHIN, self.took
        assert max(self.took) < AT_WORST, self.took

    def all_contribute(self, word: str) -> list[str]:
        """Everybody types something and sends it at about the same moment; what they typed."""
        said = [f"{word}, de {rank}." for _page, rank in zip(self.there, RANKS, strict=False)]
        for page, text in zip(self.there, said, strict=True):
            page.locator("form[action$=bijdragen] textarea").fill(text)
        for page in self.there:
            page.locator("form[action$=bijdragen]").get_by_role("button", name="Bring it").click()
        return said

    def all_read(self, said: list[str]) -> None:
        for page in self.there:
            expect(page.locator("#bijdragen .session-words")).to_have_count(
                len(said), timeout=PATIENT
            )
            shown = page.locator("#bijdragen .session-words").all_inner_texts()
            assert sorted(text.strip() for text in shown) == sorted(said)


def shows(what: Locator) -> None:
    expect(what).to_be_visible(timeout=PATIENT)


def says(what: Locator, text: str | re.Pattern[str]) -> None:
    expect(what).to_have_text(text, timeout=PATIENT)


def fill_in_fold(form: Locator, text: str) -> None:
    """Type in a form that is folded away; the page around it may be made anew meanwhile."""
    until = time.monotonic() + PATIENT / 1000
    while True:
        form.locator("xpath=..").evaluate("(fold) => { fold.open = true; }")
        try:
            form.locator("textarea").fill(text, timeout=2_000)
            return
        except Timeout:
            if time.monotonic() > until:
                raise


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


@pytest.fixture
def six(site: Site, open_page: Opener) -> Iterator[Six]:
    made = Six(site, open_page)
    yield made
    for page in made.pages:
        troubles(page)  # what a lost connection makes a browser say


def _form(six: Six) -> int:
    """The group: started by one, asked for by the others, its rules agreed to by all."""
    lead = six.lead
    lead.goto(f"{six.site.url}/groepen/nieuw")
    lead.get_by_label("Intervisie:").check()
    lead.get_by_label("Name of the group").fill("Zes samen")
    lead.locator("[name=purpose]").fill("Leren van elkaars praktijk.")
    lead.locator("[name=rules]").fill("Wat hier gezegd wordt, blijft hier.")
    lead.get_by_label("I facilitate it myself").check()
    lead.locator("[name=visibility][value=closed]").check()
    press(lead, "Start")
    lead.wait_for_url(re.compile(r"/groepen/\d+$"))
    group = int(lead.url.rsplit("/", 1)[1])
    others = six.pages[1:]
    six.all_go(f"/groepen/{group}", others)
    for page in others:
        page.get_by_role("link", name="Ask to join").click()
    for page in others:
        page.wait_for_url(lambda url: not url.endswith(f"/groepen/{group}"))
        page.locator("main form button").first.click()
    for page in others:
        shows(page.get_by_text("The coordinators will answer"))
    lead.goto(f"{six.site.url}/groepen/{group}/leden")
    let_in = lead.get_by_role("button", name=re.compile("^Let in|^Yes|^Accept"))
    for left in range(PEOPLE - 1, 0, -1):
        expect(let_in).to_have_count(left, timeout=PATIENT)
        let_in.first.click()
    six.all_go(f"/groepen/{group}/afspraken")
    for page in others:
        press(page, "I agree")
    for page in others:
        page.wait_for_url(f"**/groepen/{group}")
    return group


def _find_a_date(six: Six, group: int) -> int:
    """Asked when they can, chosen, and everybody comes."""
    lead, url = six.lead, six.site.url
    lead.goto(f"{url}/groepen/{group}/prikker")
    boxes = lead.locator("input[name=days]")
    for number in (9, 10):
        boxes.nth(number).check()
    lead.locator("[name=first]").fill("13:30")
    lead.locator("[name=closes_on]").fill(
        (when.local(clock.now()).date() + timedelta(days=5)).isoformat()
    )
    press(lead, "Ask when they can")
    lead.wait_for_url(re.compile(r"/agenda/prikker/\d+$"))
    poll = lead.url
    six.all_go(poll.removeprefix(url))
    for number, page in enumerate(six.pages):
        page.locator("fieldset").nth(0).get_by_label("Yes").check()
        page.locator("fieldset").nth(1).get_by_label("No" if number % 2 else "Yes").check()
        press(page, "Save")
    for page in six.pages:
        shows(page.get_by_text("You answered"))
    lead.goto(poll)
    shows(lead.get_by_text("6 people answered."))
    lead.locator("#beste li").first.get_by_role("link", name=re.compile("^Choose")).click()
    lead.locator("[name=place]").fill("Buurthuis De Linde")
    lead.locator("main form .actions button").first.click()
    lead.wait_for_url(re.compile(r"/(agenda|groepen/data)/\d+$"))
    gathering = int(lead.url.rsplit("/", 1)[1])
    six.all_go(f"/agenda/{gathering}")
    for page in six.pages:
        shows(page.get_by_role("heading", level=1))
        if page.get_by_role("button", name="I come").count():
            press(page, "I come")
    for page in six.pages:
        shows(page.get_by_text("You come, as"))
    for member in six.members:
        assert _invited(member), "their own calendar was told, and names nobody else"
    return gathering


def _its_day_comes(gathering: int) -> None:
    """A session begins on its day, not five days before."""
    with unit_of_work() as session:
        its = session.get_one(Gathering, gathering)
        its.starts_at, its.ends_at = (clock.now() + timedelta(hours=hours) for hours in (1, 2.5))


def _invited(member: Member) -> bool:
    """They got an invitation for their own calendar, in which they alone stand."""
    until = time.monotonic() + PATIENT / 1000
    while time.monotonic() < until:
        with reading() as session:
            sent = select(OutgoingMail).where(OutgoingMail.member_id == member.id)
            files = [mail.calendar for mail in session.scalars(sent) if mail.calendar]
        for text in ("".join(file.replace("\r\n ", "").split()) for file in files):
            if "METHOD:REQUEST" in text and text.count("ATTENDEE") == 1 and member.email in text:
                return not any(name.replace(" ", "") in text for name in (*NAMES, "Zes samen"))
        time.sleep(0.1)
    return False


def _come_in(six: Six, gathering: int, method: str) -> str:
    six.lead.goto(f"{six.site.url}/sessies/voor/{gathering}")
    six.lead.locator(f"[name=method][value={method}]").check()
    press(six.lead, "Choose this one")
    six.lead.wait_for_url(re.compile(r"/sessies/\d+$"))
    path = six.lead.url.removeprefix(six.site.url)
    six.all_go(path, six.pages[1:])
    for page in six.pages[1:]:
        press(page, "Come in")
    for page in six.pages[1:]:
        page.wait_for_url(f"**{path}")
    six.all_hear()
    return path


def _kept(path: str) -> list[str]:
    """What the database holds of a session, in the order of the alphabet."""
    with reading() as session:
        return sorted(
            session.scalars(
                select(SessionEntry.text).where(
                    SessionEntry.session_id == int(path.rsplit("/", 1)[1])
                )
            )
        )


def _each_looks_back(six: Six, path: str) -> None:
    six.all_go(f"{path}/terugkijken/1")
    for page in six.pages:
        page.get_by_label("What did it bring you?").fill("Rust en een idee.")
        press(page, "Send")
    for page in six.pages:
        page.wait_for_url(re.compile(r"/sessies/\d+#"))
    six.lead.goto(six.site.url + path)
    shows(six.lead.get_by_role("heading", name="How you found it"))
    expect(six.lead.get_by_text("Rust en een idee.")).to_have_count(PEOPLE, timeout=PATIENT)


KILLED, LOST = 4, 5


def _with_trouble(six: Six, path: str) -> list[str]:
    """All type at once; then one browser is killed, and one has no connection from here on."""
    lost, killed = six.pages[LOST], six.pages[KILLED]
    said = six.all_contribute("Vraag")
    six.all_read(said)
    six.lose(LOST)
    lost.locator("form[action$=bijdragen] textarea").fill("Zonder verbinding geschreven.")
    press(lost, "Bring it")
    says(lost.locator("live-status"), re.compile("The connection is lost"))
    killed.locator("form[action$=bijdragen] textarea").fill("Nooit verstuurd.")
    six.kill(KILLED, path)
    more = ["Terwijl een ander weg was.", "Weer terug."]
    for page, text in zip((six.pages[1], six.pages[KILLED]), more, strict=True):
        page.locator("form[action$=bijdragen] textarea").fill(text)
        press(page, "Bring it")
    six.all_read([*said, *more])
    return [*said, *more, "Zonder verbinding geschreven."]


def _back_again(six: Six, everything: list[str]) -> None:
    """What was written without a connection stands in its own step; what was missed is there."""
    lost = six.pages[LOST]
    six.find(LOST, after=OFFLINE)
    lost.wait_for_function(SENT, timeout=PATIENT)
    for page in six.pages:
        words = page.locator("session-screen .session-words")
        expect(words).to_have_count(len(everything), timeout=PATIENT)
        assert sorted(text.strip() for text in words.all_text_contents()) == sorted(everything)
    six.until_all_show_the_same()


def _in_silence(six: Six) -> list[str]:
    """Each sees their own words alone, until all of it opens together."""
    said = six.all_contribute("In stilte")
    for page in six.there:
        expect(page.locator("#bijdragen .session-words")).to_have_count(1, timeout=PATIENT)
    press(six.lead, "Open for all")
    six.all_read(said)
    return said


def _each_takes_along(six: Six) -> None:
    """Who does what, and by when."""
    day = (when.local(clock.now()).date() + timedelta(days=14)).isoformat()
    for page, rank in zip(six.pages, RANKS, strict=True):
        page.locator("#meenemen [name=action]").fill(f"Met de ploeg praten, de {rank}")
        page.locator("#meenemen [name=due_on]").fill(day)
        press(page, "Take this along")
    for page, rank in zip(six.pages, RANKS, strict=True):
        shows(page.locator("#meenemen").get_by_text(f"Met de ploeg praten, de {rank}"))


def _close(six: Six, path: str) -> None:
    six.lead.goto(f"{six.site.url}{path}/afsluiten")
    six.lead.locator("main form button").first.click()
    for page in six.pages:
        shows(page.get_by_role("heading", name="How was it?"))


def _it_comes_back(six: Six, path: str) -> None:
    """What somebody took along, and what came of it; the next date is proposed."""
    page = six.pages[3]
    page.goto(six.site.url + path)
    page.get_by_role("link", name=f"Met de ploeg praten, de {RANKS[3]}").click()
    page.get_by_label("Yes, I did").check()
    page.get_by_label("What came of it?").fill("Het werkte.")
    press(page, "Write it down")
    shows(page.locator("#meenemen").get_by_text("Het werkte."))
    six.lead.goto(six.site.url + path)
    shows(six.lead.get_by_text("Het werkte."))
    shows(six.lead.get_by_role("link", name="Propose this date"))


def _dilemma(six: Six, _path: str) -> None:
    page = six.pages[1]
    page.get_by_role("link", name="Practise with an invented one").click()
    page.locator("main form [name=starter]").first.click()
    for each in six.pages:
        shows(each.locator("[data-live-part=dilemma] .beraad-question"))


CELLS = ("client.value.a", "client.value.b", "naaste.norm.a")


def _values(six: Six, path: str) -> None:
    """All fill in the same cells at the same time, one of them without a connection for a while."""
    six.lose(LOST)
    for place in CELLS:
        for page, rank in zip(six.pages, RANKS, strict=True):
            cell = page.locator(f"form[data-cell-form]:has([name=place][value='{place}'])")
            fill_in_fold(cell, f"{place}, de {rank}")
        for page in six.pages:
            page.locator(f"form[data-cell-form]:has([name=place][value='{place}'])").get_by_role(
                "button", name="Add"
            ).click()
    six.kill(KILLED, path)
    six.find(LOST)
    wanted = sorted(f"{place}, de {rank}" for place in CELLS for rank in RANKS)
    for page in six.pages:
        entries = page.locator(".beraad-entries .as-typed")
        expect(entries).to_have_count(len(wanted), timeout=PATIENT)
        assert sorted(entries.all_inner_texts()) == wanted


def _weighing(six: Six, path: str) -> None:
    """Alone and unseen; with the last, all answers open side by side by themselves."""
    for number, page in enumerate(six.pages[1:]):
        says(six.lead.locator("[data-live-part=weighing] b"), re.compile(f"^{number} of 5"))
        for each in six.pages:
            expect(each.locator(".beraad-weighed")).to_have_count(0)
        page.get_by_role("link", name="Weigh for myself").click()
        page.locator("[name=choice]").nth(number % 2).check()
        page.locator("[name=value]").fill(f"Waarde, de {RANKS[number]}")
        press(page, "I am done")
        page.wait_for_url(f"**{path}*")
    for page in six.pages:
        expect(page.locator(".beraad-weighed")).to_have_count(PEOPLE - 1, timeout=PATIENT)


def _conclusion(six: Six, path: str) -> None:
    six.lead.get_by_role("link", name="Write the conclusion").click()
    six.lead.locator("[name=text]").fill("Wij praten eerst.")
    press(six.lead, "Save")
    six.lead.wait_for_url(f"**{path}*")
    for page in six.pages:
        says(page.locator("[data-live-part=conclusion]"), re.compile("Wij praten eerst."))
    _each_takes_along(six)


BOARDS: dict[str, Callable[[Six, str], None]] = {
    "dilemma": _dilemma,
    "values": _values,
    "weighing": _weighing,
    "conclusion": _conclusion,
}


def _the_report(six: Six, path: str) -> None:
    """Put together from what was entered, and read by others when all six approved it."""
    url = f"{six.site.url}{path}/beraad/verslag"
    six.lead.goto(url)
    press(six.lead, "Put the report together")
    leave = six.lead.get_by_role("button", name="This points to nobody: leave it")
    shows(six.lead.locator("#goedkeuring"))
    for left in range(leave.count(), 0, -1):
        expect(leave).to_have_count(left, timeout=PATIENT)
        leave.first.click()
    six.lead.goto(f"{url}/voor-wie")
    six.lead.locator("[name=audience]").first.check()
    press(six.lead, "Ask all for their approval")
    six.all_go(f"{path}/beraad/verslag")
    for page in six.pages:
        press(page, "I approve it")
    for page in six.pages:
        shows(page.get_by_role("button", name="Take my approval back"))
    six.lead.goto(url)
    shows(six.lead.get_by_text("All approved it."))
    with reading() as session:
        assert session.scalars(select(Report.approved_at).order_by(Report.id.desc()).limit(1)).one()


def test_six_browsers_form_a_group_and_hold_an_intervisie(site: Site, six: Six) -> None:
    group = _form(six)
    gathering = _find_a_date(six, group)
    _its_day_comes(gathering)
    path = _come_in(six, gathering, "incident")
    presenter = six.pages[2]
    fill_in_fold(presenter.locator("#casus-brengen form"), "Hoe bewaak ik mijn grenzen?")
    press(presenter, "Put it in the queue")
    press(six.lead, "Turn to this case Bram Bee")
    six.begins()
    everything: list[str] = []
    steps = methods.shipped("intervisie")["incident"].steps
    for number, step in enumerate(steps):
        if number:
            six.next_step(step.name.en)
        if number == len(steps) - 1:
            _back_again(six, everything)
        if step.mode == methods.Mode.SILENT:
            everything += _in_silence(six)
        elif number == 1:
            everything += _with_trouble(six, path)
        elif step.entries:
            said = six.all_contribute(step.name.en)
            six.all_read(said)
            everything += said
    six.all_turned_in_time()
    assert _kept(path) == sorted(everything)
    _each_takes_along(six)
    _close(six, path)
    _each_looks_back(six, path)
    _it_comes_back(six, path)


def test_six_browsers_hold_a_beraad(site: Site, six: Six) -> None:
    lead, *others = six.members
    group = site.make.group(lead, *others, kind=GroupKind.BERAAD, visibility=Visibility.PRIVATE)
    gathering = site.make.group_date(group, lead, clock.now() + timedelta(hours=1))
    path = _come_in(six, gathering.id, "dilemma")
    six.begins()
    for number, step in enumerate(methods.shipped("beraad")["dilemma"].steps):
        if number:
            six.next_step(step.name.en)
        if step.board in BOARDS:
            BOARDS[step.board](six, path)
    six.all_turned_in_time()
    _close(six, path)
    _the_report(six, path)
    _each_looks_back(six, path)
