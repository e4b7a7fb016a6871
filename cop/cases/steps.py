"""The way of a case as a path of steps, with the one that is lit."""

from dataclasses import dataclass

from cop.cases.models import Case
from cop.platform.i18n import gettext as _

ORDER = ("write", "findings", "checklist", "circle", "consent", "preview", "reader", "share")
ADDRESSES = {
    "write": "schrijven",
    "findings": "bevindingen",
    "checklist": "controle",
    "circle": "kring",
    "consent": "toestemming",
    "preview": "voorbeeld",
    "reader": "tweede-lezer",
    "share": "delen",
}


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    url: str | None
    state: str  # 'done', 'now' or 'todo'


def steps(case: Case, now: str) -> list[Step]:
    """Every step; while it is a draft, each leads to its page."""
    labels = {
        "write": _("Write"),
        "findings": _("Findings"),
        "checklist": _("Checklist"),
        "circle": _("For whom"),
        "consent": _("Consent"),
        "preview": _("Preview"),
        "reader": _("Second reader"),
        "share": _("Share"),
    }
    at = ORDER.index(now)
    return [
        Step(
            labels[name],
            f"/casussen/{case.id}/{ADDRESSES[name]}" if name != "share" and n != at else None,
            "done" if n < at else "now" if n == at else "todo",
        )
        for n, name in enumerate(ORDER)
    ]
