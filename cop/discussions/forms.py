"""Input of the discussion pages. The operations check again: mail and imports have no form."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import (
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from cop.discussions.models import DiscussionKind
from cop.discussions.operations import MOST_NOTE, MOST_TITLE
from cop.discussions.words import KIND_LABELS
from cop.platform.blank import is_blank
from cop.platform.i18n import gettext as _
from cop.platform.i18n import lazy as _l
from cop.platform.markup import MAX_LENGTH
from cop.platform.numbers import whole_number
from cop.platform.storage import StoredFile


class _Filled:
    """Something else than blanks."""

    field_flags = {"required": True}

    def __init__(self, message: object) -> None:
        self.message = message

    def __call__(self, _form: object, field: StringField) -> None:
        if is_blank(field.data):
            raise ValidationError(str(self.message))


class _AtMost:
    """Not longer; says how long it is."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, _form: object, field: StringField) -> None:
        have = len(field.data or "")
        if have > self.most:
            raise ValidationError(
                _("At most %(most)s characters; this has %(have)s.", most=self.most, have=have)
            )


class AnswerForm(FlaskForm):
    """A post: the text, and what may go with it."""

    text = TextAreaField(
        _l("Your answer"), validators=[_Filled(_l("Write something first.")), _AtMost(MAX_LENGTH)]
    )
    content_note = StringField(
        _l("Note on content"),
        validators=[_AtMost(MOST_NOTE)],
        description=_l("Does it deal with something heavy? Say what; the text is then folded."),
    )
    attachments = MultipleFileField(_l("Files"))
    client_id = HiddenField(validators=[Length(max=40)])
    in_reply_to = HiddenField()

    kept_files: Sequence[StoredFile] = ()  # accepted before, shown with a tick
    reply_name = ""  # whom one answers

    @property
    def reply_id(self) -> int | None:
        return whole_number(self.in_reply_to.data)


class StartForm(FlaskForm):
    """A discussion: its kind (one is chosen already), its title and its opening."""

    kind = RadioField(
        _l("What kind of conversation is it?"),
        choices=[SelectChoice(kind.value, label) for kind, label in KIND_LABELS.items()],
        default=DiscussionKind.CONVERSATION.value,
        validators=[InputRequired(_l("Choose what kind of conversation it is."))],
    )
    title = StringField(
        _l("Title"), validators=[_Filled(_l("Give it a title.")), _AtMost(MOST_TITLE)]
    )
    text = TextAreaField(
        _l("Your text"), validators=[_Filled(_l("Write something first.")), _AtMost(MAX_LENGTH)]
    )
    themes = SelectMultipleField(
        _l("Themes"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    content_note = StringField(
        _l("Note on content"),
        validators=[_AtMost(MOST_NOTE)],
        description=_l("Does it deal with something heavy? Say what; the text is then folded."),
    )
    attachments = MultipleFileField(_l("Files"))
    client_id = HiddenField(validators=[Length(max=40)])

    kept_files: Sequence[StoredFile] = ()
