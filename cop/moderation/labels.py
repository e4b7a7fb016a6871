"""Words for reasons and decisions."""

from cop.moderation.models import Decision, ReportReason
from cop.platform.i18n import lazy as _l

REASONS = {
    ReportReason.RECOGNISABLE: _l("Somebody can be recognised in it"),
    ReportReason.UNSAFE: _l("Somebody may be in danger"),
    ReportReason.HURTFUL: _l("It hurts or threatens somebody"),
    ReportReason.UNTRUE: _l("It is untrue and may do harm"),
    ReportReason.OTHER: _l("Something else"),
}

DECISIONS = {
    Decision.NOTHING: _l("Nothing needs to change"),
    Decision.ASK: _l("Ask the author to change it"),
    Decision.HIDE: _l("Fold it away until the author has changed it"),
    Decision.REMOVE: _l("Remove it"),
}

DECIDED = {
    Decision.NOTHING: _l("Nothing was changed"),
    Decision.ASK: _l("The author was asked to change it"),
    Decision.HIDE: _l("Folded away until the author has changed it"),
    Decision.REMOVE: _l("Removed"),
    Decision.GONE: _l("It was gone before anybody decided"),
}
