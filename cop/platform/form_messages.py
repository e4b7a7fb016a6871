"""What a form says that has no words of its own for what is wrong: ours, not its library's.

WTForms speaks of float values, coercion and tokens. Each of its sentences is put in words that say
what to do; a field that needs more than that still brings its own.
"""

from typing import Final

from flask_wtf import FlaskForm

from cop.platform.i18n import LazyText
from cop.platform.i18n import lazy as _l

_REQUIRED = _l("Fill this in, please.")
_CHOOSE = _l("Choose one of the list, please.")
_WHOLE = _l("Fill in a whole number.")
_NUMBER = _l("Fill in a number, such as 12 or 12,5.")
_DAY = _l("This is not a day that exists.")
_MOMENT = _l("This is not a day and time that exist.")
_ELSE = _l("This cannot be right. Look at it once more, please.")
_FILE = _l("This kind of file cannot be added.")
_AGAIN = _l("The page was open for too long. Send it once more, please.")

# By the library's sentence, of plurals the one for one.
OURS: Final[dict[str, LazyText]] = {
    "This field is required.": _REQUIRED,
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Invalid value, must be one of: %(values)s.": _CHOOSE,
    "Invalid value, can't be any of: %(values)s.": _l("Choose something else, please."),
    "Not a valid integer value.": _WHOLE,
    "Not a valid decimal value.": _NUMBER,
    "Not a valid float value.": _NUMBER,
    "Number must be at least %(min)s.": _l("Fill in a number of %(min)s or more."),
    "Number must be at most %(max)s.": _l("Fill in a number of %(max)s or less."),
    "Number must be between %(min)s and %(max)s.": _l(
        "Fill in a number from %(min)s to %(max)s, please."
    ),
    "Not a valid date value.": _DAY,
    "Not a valid datetime value.": _MOMENT,
    "Not a valid time value.": _l("This is not a time that exists."),
    "Not a valid week value.": _l("This is not a week that exists."),
    "Date must be at least %(min)s.": _l("Choose a day from %(min)s on."),
    "Date must be at most %(max)s.": _l("Choose a day up to %(max)s."),
    "Date must be between %(min)s and %(max)s.": _l("Choose a day from %(min)s to %(max)s."),
    "Field cannot be longer than %(max)d character.": _l(
        "This is too long: at most %(max)d characters."
    ),
    "Field must be at least %(min)d character long.": _l(
        "This is too short: at least %(min)d characters."
    ),
    "Field must be exactly %(max)d character long.": _l("Use exactly %(max)d characters, please."),
    "Field must be between %(min)d and %(max)d characters long.": _l(
        "Use %(min)d to %(max)d characters, please."
    ),
    "Field must be equal to %(other_name)s.": _l("Fill in the same twice, please."),
    "Invalid email address.": _l("This is not an e-mail address."),
    "Invalid URL.": _l("Write the whole address, beginning with https://."),
    "Invalid input.": _ELSE,
    "Invalid IP address.": _ELSE,
    "Invalid Mac address.": _ELSE,
    "Invalid UUID.": _ELSE,
    "This field cannot be edited.": _l("This cannot be changed here."),
    "This field is disabled and cannot have a value.": _l("This cannot be changed here."),
    "File does not have an approved extension.": _FILE,
    "File does not have an approved extension: {extensions}": _FILE,
    "CSRF failed.": _AGAIN,
    "CSRF token expired.": _AGAIN,
    "CSRF token missing.": _AGAIN,
    "Invalid CSRF Token.": _AGAIN,
}


class Messages:
    """Translations as WTForms asks for them; what is not the library's own comes back as it is."""

    def gettext(self, source: str) -> str:
        ours = OURS.get(source)
        return source if ours is None else str(ours)

    def ngettext(self, one: str, many: str, number: int) -> str:
        ours = OURS.get(one)
        if ours is None:
            return one if number == 1 else many
        return str(ours)


_MESSAGES = Messages()


def init_app() -> None:
    """Let every form speak so, in the language of whoever reads it."""
    FlaskForm.Meta.get_translations = lambda _meta, _form: _MESSAGES
