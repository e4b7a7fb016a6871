"""The log pages on a phone, in a real browser on a running site."""

from datetime import timedelta

import pytest

from cop.incoming.models import IncomingMail, Outcome, Reason, Route
from cop.members.models import SiteRole
from cop.platform import clock
from cop.platform.mail.models import OutgoingMail
from cop.platform.outbox import Job
from tests.support.browser import Opener
from tests.support.site import Site

pytestmark = pytest.mark.browser


def test_tables_of_logs_stand_as_rows_on_a_phone(site: Site, open_page: Opener) -> None:
    """Nothing of them has to be pulled into sight."""
    now, make = clock.now(), site.make
    make.save(
        IncomingMail(
            **{name: name for name in ("source_key", "message_key", "target_key", "sender_mark")},
            size=64_000_000,
            received_at=now,
            route=Route.NONE,
            outcome=Outcome.FAILED,
            reason=Reason.BROKEN,
            detail="UnicodeDecodeErrorOfALongName",
        )
    )
    error = "sqlalchemy.exc.IntegrityError at cop/discussions/mailing/single.py:212 in compose"
    kind = "discussions.posted>discussions.mailing.handlers.send_single_messages"
    given_up = {"created_at": now, "dead_at": now - timedelta(hours=1), "error": error}
    make.save(Job(kind=kind, payload={}, run_at=now, **given_up))
    make.save(OutgoingMail(key="a", kind="digest", try_at=now, **given_up))
    page = open_page(width=390)
    site.sign_in(page, make.member("Ada Beheert", site_role=SiteRole.ADMINISTRATOR))
    for path, tables in (("/beheer/mail-binnen", 1), ("/beheer/werk", 2)):
        page.goto(f"{site.url}{path}")
        frames = page.locator(".table-wrap")
        assert frames.count() == tables
        sizes = frames.evaluate_all("all => all.map(one => [one.scrollWidth, one.clientWidth])")
        assert all(wide <= seen for wide, seen in sizes), sizes
        assert page.locator("td[data-label]").count() == page.locator(".table td").count()
