"""One message for several recipients, answered as a mail server's pipe expects (sysexits.h)."""

from collections.abc import Sequence
from datetime import datetime

from cop.incoming.envelope import LARGEST, recipients
from cop.incoming.models import Outcome
from cop.incoming.receiving import receive
from cop.platform.mail.addresses import addresses

OK, NOUSER, UNAVAILABLE, TEMPFAIL = 0, 67, 69, 75


def deliver(raw: bytes, to: Sequence[str], sender: str | None, now: datetime) -> int:
    """Take it in for each recipient; the code with which to end.

    Args:
        to: from the envelope; when empty, the message's headers say to whom it was delivered.
    """
    asked = list(to) or ours(raw)
    outcomes = [receive(raw, address, sender, now) for address in asked]
    if Outcome.FAILED in outcomes:
        return TEMPFAIL  # the mail server sends it again; what was taken in stays so
    if all(outcome == Outcome.REFUSED for outcome in outcomes):
        return UNAVAILABLE if len(raw) > LARGEST else NOUSER
    return OK


def ours(raw: bytes) -> list[str]:
    """Those recipients that its headers name and that are addresses of this site.

    Of a mail for none of them the first it names, or '': so that it is refused with a record.
    """
    known = addresses()
    noted, shown = recipients(raw)
    for named in (noted, shown):
        found = [address for address in named if known.read(address) is not None]
        if found:
            return found
    return [*noted, *shown, ""][:1]
