"""Words for kinds of gatherings and where they are."""

from cop.gatherings.models import EVENT_KINDS, Gathering, GatheringKind, Setting
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l

KIND_LABELS = {
    GatheringKind.MEETING: _l("Meeting"),
    GatheringKind.THEME_AFTERNOON: _l("Theme afternoon"),
    GatheringKind.OPEN_DAY: _l("Open day"),
    GatheringKind.INTERVISIE: _l("Intervisie"),
    GatheringKind.BERAAD: _l("Moral deliberation"),
    GatheringKind.MARKET: _l("Knowledge market"),
}

EVENT_LABELS = {kind: KIND_LABELS[kind] for kind in EVENT_KINDS}

SETTING_LABELS = {
    Setting.ON_SITE: _l("At a place"),
    Setting.ONLINE: _l("Online"),
    Setting.MIXED: _l("At a place and online"),
}


def kind(gathering: Gathering) -> str:
    """What every calendar and mail calls it, and nothing more."""
    return str(KIND_LABELS[GatheringKind(gathering.kind)])


def where(setting: str, place: str) -> str:
    """'Utrecht', 'online', or both; never the address of a video meeting."""
    if setting == Setting.ONLINE:
        return _("online")
    if setting == Setting.MIXED:
        return _("%(place)s, and online", place=place)
    return place
