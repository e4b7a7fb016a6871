"""Names of kinds, levels and rhythms, in the reader's language."""

from collections.abc import Mapping
from datetime import timedelta

from cop.expertise.models import CardKind, Knowledge, Often, Shown
from cop.platform.i18n import LazyText
from cop.platform.i18n import lazy as _l

KINDS: Mapping[str, LazyText] = {
    CardKind.PERSON: _l("Person"),
    CardKind.TEAM: _l("Team"),
    CardKind.CLUSTER: _l("Cluster"),
    CardKind.GROUP: _l("Professional group"),
    CardKind.DEPARTMENT: _l("Department"),
    CardKind.INSTITUTION: _l("Institution"),
}
KNOWLEDGE: Mapping[str, LazyText] = {
    Knowledge.EXPERIENCE: _l("lived experience"),
    Knowledge.PRACTICE: _l("knowledge from practice"),
    Knowledge.SCIENCE: _l("scientific knowledge"),
}
SHOWN: Mapping[str, LazyText] = {
    Shown.MEMBERS: _l("All members"),
    Shown.PUBLIC: _l("Everybody, also without an account"),
    Shown.OWN: _l("Nobody else for now"),
}
OFTEN: Mapping[str, LazyText] = {
    Often.ANY: _l("As often as needed"),
    Often.WEEK: _l("Once a week at most"),
    Often.MONTH: _l("Once a month at most"),
    Often.QUARTER: _l("A few times a year"),
}
# How long nobody asks again by way of a question to many.
REST: Mapping[str, timedelta] = {
    Often.ANY: timedelta(0),
    Often.WEEK: timedelta(days=7),
    Often.MONTH: timedelta(days=30),
    Often.QUARTER: timedelta(days=91),
}
LONGEST = {"name": 120, "about": 600, "contact": 300, "words": 80, "ask": 240, "question": 1500}
