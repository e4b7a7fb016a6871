"""Words for sessions: kinds, states, what a contribution is, whose turn a step is."""

from cop.platform.i18n import lazy as _l
from cop.sessions.methods import Mode, SessionKind, Speaks
from cop.sessions.models import SessionState

KINDS = {
    SessionKind.INTERVISIE: _l("Intervisie"),
    SessionKind.BERAAD: _l("Moral deliberation"),
}

STATES = {
    SessionState.PREPARED: _l("Being prepared"),
    SessionState.RUNNING: _l("Going on now"),
    SessionState.CLOSED: _l("Held"),
}

# The typed contributions of intervisie [A]; those of a beraad stand below them.
ENTRIES = {
    "question": _l("Clarifying question"),
    "feedback": _l("Feedback"),
    "suggestion": _l("Suggestion"),
    "direction": _l("Direction for a solution"),
    "fact": _l("Fact"),
    "argument": _l("Argument"),
    "alternative": _l("Alternative"),
    "dialogue": _l("From the conversation"),
}

ENTRY_ICONS = {
    "question": "circle-help",
    "feedback": "message-circle",
    "suggestion": "lightbulb",
    "direction": "compass",
    "fact": "info",
    "argument": "scale",
    "alternative": "sprout",
    "dialogue": "messages-square",
}

SPEAKS = {
    Speaks.PRESENTER: _l("The presenter speaks"),
    Speaks.FACILITATOR: _l("The facilitator speaks"),
    Speaks.ALL: _l("All speak"),
    Speaks.EACH: _l("Each for themselves"),
    Speaks.OTHERS: _l("All but the presenter"),
}

MODES = {
    Mode.TALK: _l("Conversation"),
    Mode.ROUND: _l("In turn"),
    Mode.SILENT: _l("Writing in silence"),
}
