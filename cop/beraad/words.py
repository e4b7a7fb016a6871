"""What beraad is called on pages: parts of a report, choices, answers."""

from cop.beraad.models import Audience, Choice
from cop.platform.i18n import lazy as _l

DILEMMA = {
    "situation": _l("The situation, and when it chafed"),
    "choice_a": _l("A"),
    "damage_a": _l("Damage of A"),
    "choice_b": _l("B"),
    "damage_b": _l("Damage of B"),
    "question": _l("The moral question"),
}

CHOICES = {
    Choice.A: _l("A"),
    Choice.B: _l("B"),
    Choice.OTHER: _l("Another way"),
}

# In the order in which somebody weighs [methods: dilemmamethode].
ANSWERS = {
    "right": _l("What is right?"),
    "value": _l("Because of which value?"),
    "despite": _l("Despite which damage?"),
    "lessen": _l("How can that damage be lessened?"),
    "asks": _l("What does it ask of you?"),
}

# A general dilemma is about nobody: it has a title, and what talking about it brought.
GENERAL = {
    "title": _l("Title"),
    **DILEMMA,
    "considerations": _l("What weighs, from which side?"),
    "helped": _l("What helped us"),
}

PARTS = {
    **GENERAL,
    "fact": _l("What we know"),
    "perspective": _l("Perspective"),
    "value.a": _l("Values for A"),
    "value.b": _l("Values for B"),
    "norm.a": _l("Norms for A"),
    "norm.b": _l("Norms for B"),
    "alternative": _l("Other ways"),
    "weighing.choice": _l("Chooses"),
    **{f"weighing.{name}": label for name, label in ANSWERS.items()},
    "argument": _l("Arguments"),
    "dialogue": _l("From the dialogue"),
    "conclusion": _l("Conclusion"),
    "agreement": _l("What was agreed"),
}

AUDIENCES = {
    Audience.CIRCLE: _l("A space or list"),
    Audience.COMMUNITY: _l("All members"),
    Audience.PUBLIC: _l("Everybody, visitors too"),
}
