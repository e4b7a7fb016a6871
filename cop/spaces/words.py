"""Words for kinds, stages, measures, and who can read what."""

from cop.platform.i18n import format_date
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.spaces.circles import Circle, Visibility
from cop.spaces.models import MeasureKind, SpaceKind, Stage

KIND_LABELS = {
    SpaceKind.PROEFTUIN: _l("proeftuin"),
    SpaceKind.LEARNING_NETWORK: _l("learning network"),
    SpaceKind.REGIONAL_NETWORK: _l("regional network"),
    SpaceKind.CLIENT_COUNCIL: _l("client council"),
}

KIND_HELP = {
    SpaceKind.PROEFTUIN: _l("Experience experts and professionals try something out together."),
    SpaceKind.LEARNING_NETWORK: _l("People who want to learn about one theme."),
    SpaceKind.REGIONAL_NETWORK: _l("People and organisations of one region."),
    SpaceKind.CLIENT_COUNCIL: _l("Clients who have a say in their care."),
}

STAGE_LABELS = {
    Stage.DEVELOP: _l("develop"),
    Stage.MAKE_EXPLICIT: _l("make explicit"),
    Stage.VALIDATE: _l("validate"),
    Stage.SHARE: _l("share"),
}

VISIBILITY_LABELS = {
    Visibility.PUBLIC: _l("public"),
    Visibility.OPEN: _l("open"),
    Visibility.CLOSED: _l("closed"),
    Visibility.PRIVATE: _l("private"),
}

VISIBILITY_HELP = {
    Visibility.PUBLIC: _l("Everybody can read it, also without an account. Members can join."),
    Visibility.OPEN: _l("All members can read it and join."),
    Visibility.CLOSED: _l("Members see its name and can ask to join. Who is in it can read it."),
    Visibility.PRIVATE: _l("Only those in it can find and read it. You ask people in."),
}

READERS = {
    Visibility.PUBLIC: _l("Everybody can read this, also without an account."),
    Visibility.OPEN: _l("All members can read this."),
    Visibility.CLOSED: _l("Only those who take part here can read this."),
    Visibility.PRIVATE: _l("Only those who take part here can read this."),
}

MEASURE_LABELS = {
    MeasureKind.RELAPSE: _l("relapse"),
    MeasureKind.DROP_OUT: _l("drop-out"),
    MeasureKind.SELF_RELIANCE: _l("self-reliance"),
    MeasureKind.QUALITY_OF_LIFE: _l("quality of life"),
    MeasureKind.OWN: _l("a measure of our own"),
}


def audience(circle: Circle) -> str:
    """Who can read what is written in the circle, in words; stands beside every text box.

    A wider circle that was announced is named with its date: whoever writes meanwhile knows it.
    """
    words = str(READERS[Visibility(circle.visibility)])
    if circle.widens_at is not None and circle.widens_to == Visibility.PUBLIC:
        words += " " + _(
            "From %(day)s everybody can, also without an account.",
            day=format_date(circle.widens_at),
        )
    elif circle.widens_at is not None and circle.widens_to == Visibility.OPEN:
        words += " " + _("From %(day)s all members can.", day=format_date(circle.widens_at))
    elif circle.widens_at is not None:
        words += " " + _(
            "From %(day)s members see that it exists.", day=format_date(circle.widens_at)
        )
    return words
