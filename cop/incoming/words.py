"""Words of the log page: what a mail was, what became of it, and why."""

from cop.incoming.models import Outcome, Reason, Route
from cop.platform.i18n import lazy as _l

ROUTES = {
    Route.BOUNCE: _l("Came back"),
    Route.CALENDAR: _l("Calendar"),
    Route.ANSWER: _l("Answer"),
    Route.DIGEST: _l("Answer to a digest"),
    Route.START: _l("New conversation"),
    Route.COMMAND: _l("Command"),
    Route.NONE: _l("Unknown"),
}
OUTCOMES = {
    Outcome.POSTED: _l("placed"),
    Outcome.WAITS_SENDER: _l("waits for the sender's yes"),
    Outcome.WAITS_MODERATOR: _l("waits for a coordinator"),
    Outcome.ANSWERED: _l("answered with an explanation"),
    Outcome.COUNTED: _l("counted for its address"),
    Outcome.HANDED_OVER: _l("handed over"),
    Outcome.DROPPED: _l("dropped"),
    Outcome.DUPLICATE: _l("came in before"),
    Outcome.REFUSED: _l("given back to the mail server"),
    Outcome.FAILED: _l("failed, is tried again"),
    Outcome.DISCARDED: _l("thrown away by whom it waited for"),
}
REASONS = {
    Reason.NONE: "",
    Reason.NO_KEY: _l("not to an address of the member's own"),
    Reason.NOT_PROVEN: _l("nobody vouches for the sender"),
    Reason.OTHER_SENDER: _l("a member's own address, another sender"),
    Reason.TEXT_CHECK: _l("the text check spoke up"),
    Reason.OWN_NAME: _l("holds its sender's name, address or number"),
    Reason.FILES: _l("documents of a pseudonym"),
    Reason.NOT_ALLOWED: _l("the sender may not write there"),
    Reason.NOT_ACCEPTED: _l("not fit to be placed as it is"),
    Reason.WHOLE_DIGEST: _l("an answer to the overview, not to a conversation"),
    Reason.EMPTY: _l("no new text"),
    Reason.UNKNOWN_SENDER: _l("unknown sender"),
    Reason.UNKNOWN_ADDRESS: _l("no such address"),
    Reason.FORGED: _l("not one of our addresses, or no longer"),
    Reason.AUTOMATIC: _l("sent by a program"),
    Reason.LOOP: _l("our own mail that came back"),
    Reason.RATE: _l("too many of one sender"),
    Reason.TOO_LARGE: _l("too large"),
    Reason.BROKEN: _l("something unforeseen"),
    Reason.REPLAYED: _l("the very same bytes"),
    Reason.DELAYED: _l("only late"),
    Reason.DELIVERED: _l("arrived after all"),
    Reason.OTHER_ADDRESS: _l("of an address that nobody has any more"),
    Reason.PERMANENT: _l("failed for good"),
    Reason.TEMPORARY: _l("failed for now"),
    Reason.NO_HANDLER: _l("recorded; nobody takes such mails yet"),
    Reason.HELP: _l("help"),
    Reason.SUBSCRIBE: _l("subscribe"),
    Reason.UNSUBSCRIBE: _l("unsubscribe"),
    Reason.OWNER: _l("to those who look after the list"),
}
