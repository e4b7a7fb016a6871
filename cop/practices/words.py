"""What the parts of a practice are called, what helps to write them, and how its states read."""

from collections.abc import Mapping

from cop.platform.i18n import LazyText
from cop.platform.i18n import lazy as _l
from cop.practices.models import Alike, Knowledge, PracticeKind, Verdict

# In the order in which they are read.
SECTIONS: Mapping[str, LazyText] = {
    "title": _l("Title"),
    "summary": _l("In short"),
    "initiators": _l("Who started it"),
    "goal": _l("Goal"),
    "target_group": _l("For whom"),
    "context": _l("Context: where it works"),
    "steps": _l("Steps"),
    "phrases": _l("What you can say"),
    "tomorrow": _l("What do I do tomorrow?"),
    "results": _l("Results"),
    "conditions": _l("What it needs"),
    "costs": _l("What it costs in time"),
    "source": _l("Sources"),
}

HELP: Mapping[str, LazyText] = {
    "title": _l("A few words that say what you do: “Call the day after discharge”."),
    "summary": _l("Two or three sentences: what is it, and why would somebody do it?"),
    "initiators": _l("Which team, institution or people began with it?"),
    "goal": _l("What do you want to reach with it, and for whom does that matter?"),
    "target_group": _l("Whom is it meant for? Also: for whom is it not?"),
    "context": _l(
        "What kind of place is it, how many people, what was there already? What works here need "
        "not work elsewhere, so a reader wants to know what your place is like."
    ),
    "steps": _l("What do you do, in which order? A numbered list reads well."),
    "phrases": _l("Sentences that you use, as you say them. A reader can try them tomorrow."),
    "tomorrow": _l("One small thing that somebody who reads this can do tomorrow."),
    "results": _l(
        "What did it bring about, and how do you know? Of the way of working, never of one person."
    ),
    "conditions": _l("What has to be there: people, training, room, the consent of somebody?"),
    "costs": _l("How much time does it take, of whom, and how often?"),
    "source": _l("Where does it come from: a training, a book, a study, people who told you?"),
}

# What a draft must have to be published: context [E] and 'what do I do tomorrow?' [D].
NEEDED = ("title", "summary", "context", "tomorrow")
LINES = ("title",)  # one line, no Markdown
BODY = tuple(name for name in SECTIONS if name not in ("title", "summary"))
COMPARED = (
    "goal", "target_group", "context", "steps", "phrases", "results", "conditions", "costs",
)  # fmt: skip

LONGEST = dict.fromkeys(SECTIONS, 6000) | {"title": 160, "summary": 600}

KINDS: Mapping[str, LazyText] = {
    PracticeKind.WORKS: _l("A way of working"),
    PracticeKind.DID_NOT_WORK: _l("What did not work"),
}

KNOWLEDGE: Mapping[str, LazyText] = {
    Knowledge.EXPERIENCE: _l("Knowledge from experience"),
    Knowledge.PRACTICE: _l("Knowledge from practice"),
    Knowledge.SCIENCE: _l("Knowledge from science"),
}

KNOWLEDGE_HELP: Mapping[str, LazyText] = {
    Knowledge.EXPERIENCE: _l("what people lived through themselves, or with somebody near"),
    Knowledge.PRACTICE: _l("what people who do this work found out by doing it"),
    Knowledge.SCIENCE: _l("what was studied and written down"),
}

VERDICTS: Mapping[str, LazyText] = {
    Verdict.WORKED: _l("It worked in our context"),
    Verdict.DID_NOT: _l("It did not work in our context"),
}

ALIKE: Mapping[str, LazyText] = {
    Alike.SAME: _l("We do the same"),
    Alike.PARTLY: _l("Partly"),
    Alike.OTHERWISE: _l("We do it differently"),
    Alike.NOT: _l("We do not do this"),
}
