"""Words for groups, and the house rules with which a new one begins."""

from cop.gatherings.models import GatheringKind
from cop.gatherings.words import KIND_LABELS as GATHERING_LABELS
from cop.groups.models import GroupKind
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.i18n import ngettext

KIND_LABELS = {kind: GATHERING_LABELS[GatheringKind(kind)] for kind in GroupKind}

KIND_HELP = {
    GroupKind.INTERVISIE: _l("You learn from each other's cases, in steps and with a facilitator."),
    GroupKind.BERAAD: _l("You think a dilemma through together: what is the right thing to do?"),
}

# Minutes that a session of each kind can take; the first is what a new group begins with.
LENGTHS = {GroupKind.INTERVISIE: (90, 60), GroupKind.BERAAD: (90, 60, 120)}


def rhythm(every_weeks: int | None) -> str:
    """'every six weeks', or that dates are found one by one."""
    if every_weeks is None:
        return _("dates are found one by one")
    return ngettext("every week", "every %(num)s weeks", every_weeks)


def first_rules() -> str:
    """Markdown; the group changes it as it likes."""
    return "\n".join(
        (
            "- " + _("What is said here stays here."),
            "- " + _("Everybody takes part of their own free will. You may always pass."),
            "- " + _("We tell about others in such a way that nobody can recognise them."),
            "- " + _("We listen and ask before we advise. Nobody is judged."),
            "- " + _("We begin and end on time. Who cannot come signs off."),
        )
    )
