"""Words for kinds, reactions and who may write."""

from cop.discussions.models import DiscussionKind, ReactionKind, WhoMay
from cop.platform.i18n import lazy as _l

KIND_LABELS = {
    DiscussionKind.QUESTION: _l("question"),
    DiscussionKind.CONVERSATION: _l("conversation"),
    DiscussionKind.SIGNAL: _l("signal"),
    DiscussionKind.EXPERIENCE_STORY: _l("experience story"),
    DiscussionKind.CONSULTATION: _l("consultation question"),
}

KIND_HELP = {
    DiscussionKind.QUESTION: _l("You want an answer. Whoever helped you best can be marked."),
    DiscussionKind.CONVERSATION: _l("You want to think about something together."),
    DiscussionKind.SIGNAL: _l("You notice something that others should know about."),
    DiscussionKind.EXPERIENCE_STORY: _l("You tell what you lived through and what it taught you."),
    DiscussionKind.CONSULTATION: _l("You want advice on a situation at work. Name nobody in it."),
}

# The part of an address that names the reaction.
REACTION_WAYS = {
    "dank": ReactionKind.THANKS,
    "herkenbaar": ReactionKind.RECOGNISED,
    "geleerd": ReactionKind.LEARNED,
}

REACTION_LABELS = {
    ReactionKind.THANKS: _l("Thanks"),
    ReactionKind.RECOGNISED: _l("I recognise this"),
    ReactionKind.LEARNED: _l("I learnt from this"),
}

WHO_MAY_LABELS = {
    WhoMay.READERS: _l("every member who can read it"),
    WhoMay.JOINED: _l("those who take part"),
    WhoMay.COORDINATORS: _l("coordinators"),
}
