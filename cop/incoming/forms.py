"""Input of the pages about mail that waits."""

from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from cop.discussions.operations import MOST_TITLE
from cop.platform.i18n import lazy as _l
from cop.platform.markup import MAX_LENGTH


class WaitingForm(FlaskForm):
    """The message, which may be changed before it is placed."""

    title = StringField(_l("Title"), validators=[Length(max=MOST_TITLE)])
    text = TextAreaField(_l("Your text"), validators=[Length(max=MAX_LENGTH)])


class LogForm(FlaskForm):
    """Which mail to look for."""

    class Meta:
        csrf = False

    message_id = StringField(
        _l("Message-ID"),
        validators=[Length(max=1000)],
        description=_l("Stands in the headers of the mail. The sender can look it up."),
    )
