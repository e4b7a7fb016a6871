"""Input of the pages of contacts."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from cop.contacts import asking, conversations
from cop.platform.forms import stripped
from cop.platform.i18n import lazy as _l
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED


class AskForm(FlaskForm):
    """Why one would like to get in touch."""

    words = TextAreaField(
        _l("What is it about?"),
        description=_l("One or two sentences are enough."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=asking.LONGEST, message=TOO_LONG)],
        render_kw={"rows": 4},
    )


class SayForm(FlaskForm):
    """A message."""

    text = TextAreaField(
        _l("Your message"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=conversations.LONGEST, message=TOO_LONG)],
        render_kw={"rows": 4},
    )
