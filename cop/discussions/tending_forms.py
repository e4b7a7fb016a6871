"""Input of the pages on which posts, discussions and lists are looked after."""

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from cop.discussions.models import WhoMay
from cop.discussions.words import KIND_LABELS, WHO_MAY_LABELS
from cop.platform.forms import Versioned, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.spaces.circle_forms import NameForm


class EditForm(FlaskForm):
    """The words of a post; the title only where the post is an opening."""

    title = StringField(_l("Title"))
    text = TextAreaField(_l("Your text"))
    content_note = StringField(
        _l("Note on content"),
        description=_l("Does it deal with something heavy? Say what; the text is then folded."),
    )
    without_trace = BooleanField(
        _l("Leave the earlier words out of the history: somebody could be recognised in them")
    )
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


class NoteForm(FlaskForm):
    content_note = StringField(
        _l("Note on content"),
        description=_l("What does it deal with? Readers see this, and unfold the text themselves."),
    )


class ReasonForm(FlaskForm):
    """Why somebody else's message goes."""

    reason = TextAreaField(_l("Why? The author reads this."))


class OutcomeForm(FlaskForm, Versioned):
    """What a discussion yielded."""

    outcome = TextAreaField(_l("What did it yield?"))


class MoveForm(FlaskForm):
    """To which list; a list of radio buttons would be long, so a select."""

    list_id = SelectField(
        _l("To which list?"),
        coerce=int,
        validators=[DataRequired(_l("Choose a list."))],
        validate_choice=False,  # the operation asks the permission itself
    )


class SplitForm(FlaskForm):
    """Which messages go, and what they are called together."""

    numbers = SelectMultipleField(
        _l("Which messages?"),
        coerce=int,
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    title = StringField(_l("Title of the new conversation"))
    kind = RadioField(_l("What kind of conversation is it?"), choices=choices(KIND_LABELS.items()))


class ListForm(FlaskForm, Versioned):
    """A list: what it is called and what it is for, and who starts and answers."""

    name = StringField(_l("Name"), filters=[stripped])
    description = TextAreaField(_l("What is it for?"), filters=[stripped], render_kw={"rows": 3})
    start_by = RadioField(
        _l("Who can start a conversation?"),
        choices=choices(WHO_MAY_LABELS.items()),
        default=WhoMay.READERS.value,
    )
    answer_by = RadioField(
        _l("Who can answer?"),
        choices=choices(WHO_MAY_LABELS.items()),
        default=WhoMay.READERS.value,
    )
    holds_strangers = BooleanField(
        _l("Keep mail of people who are not members for the coordinators"),
        description=_l("Else they get an answer that only members can write here."),
    )


class NewListForm(ListForm, NameForm):
    """Also its address, and who can read it, which changes later on the pages of its circle."""

    short_name = StringField(
        _l("Short name"),
        description=_l("In its address: small letters, digits and hyphens: herstel-utrecht."),
        filters=[stripped],
        render_kw={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"},
    )
    visibility = RadioField(_l("Who can read it?"))
    allows_pseudonyms = BooleanField(_l("People can take part under a pseudonym"))
