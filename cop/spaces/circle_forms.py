"""Input of the pages about circles."""

from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from cop.members.pseudonyms import LONGEST
from cop.platform.forms import choices, stripped
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.spaces.words import VISIBILITY_LABELS

TOO_LONG = _l("This is too long: at most %(max)d characters.")


class NameForm(FlaskForm):
    """Under which name one takes part: chosen at joining, and kept."""

    under = RadioField(
        _l("Under which name do you take part?"),
        choices=choices([("own", _l("My own name")), ("pseudonym", _l("A pseudonym"))]),
        default="own",
        validate_choice=True,
    )
    pseudonym = StringField(
        _l("Your pseudonym"),
        description=_l("Nobody here learns that it is you. Choose a name that is not like yours."),
        filters=[stripped],
        validators=[Length(max=LONGEST, message=TOO_LONG)],
        render_kw={"autocomplete": "off"},
    )

    def validate_pseudonym(self, field: StringField) -> None:
        """Who fills in a pseudonym is not let in under their own name: that cannot be undone."""
        if field.data and not field.errors and self.under.data != "pseudonym":
            raise ValidationError(
                _(
                    "You filled in a pseudonym, but your own name is chosen above. Choose “A "
                    "pseudonym”, or leave this empty."
                )
            )

    @property
    def chosen(self) -> str | None:
        """The pseudonym as typed, or None for one's own name."""
        return (self.pseudonym.data or "") if self.under.data == "pseudonym" else None


class JoinForm(NameForm):
    """Joining, with the name to take part under."""


class AskForm(NameForm):
    """Asking to join, with a word why."""

    why = TextAreaField(
        _l("Why would you like to join?"),
        filters=[stripped],
        validators=[Length(max=500, message=TOO_LONG)],
        render_kw={"rows": 4},
    )


class InviteForm(FlaskForm):
    """Asking a member in."""

    handle = StringField(
        _l("Who?"),
        description=_l("Their name, or the short name on their page, such as jan-de-boer."),
        filters=[stripped],
        validators=[Length(max=80, message=TOO_LONG)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    words = TextAreaField(
        _l("A few words with it"),
        filters=[stripped],
        validators=[Length(max=500, message=TOO_LONG)],
        render_kw={"rows": 3},
    )


class RemoveForm(FlaskForm):
    """Showing somebody out, with the reason that they will read."""

    reason = TextAreaField(
        _l("Why?"),
        filters=[stripped],
        validators=[Length(max=1000, message=TOO_LONG)],
        render_kw={"rows": 4},
    )


class VisibilityForm(FlaskForm):
    """Who may read a circle from now on."""

    visibility = RadioField(_l("Who can read it?"), choices=choices(VISIBILITY_LABELS.items()))
