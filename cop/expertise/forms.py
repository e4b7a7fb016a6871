"""Input of the pages of the kenniskaart."""

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from cop.expertise import words as labels
from cop.expertise.cards import Settings, Topic, settings_of, topic_of
from cop.expertise.models import Card, CardKind, CardLine, Knowledge, Often, Shown
from cop.expertise.words import LONGEST
from cop.members.regions import REGIONS
from cop.platform.forms import Versioned, choices, stripped
from cop.platform.i18n import lazy as _l
from cop.platform.numbers import whole_number
from cop.platform.versions import version_of
from cop.spaces.circle_forms import TOO_LONG
from cop.spaces.forms import REQUIRED


class TopicForm(FlaskForm, Versioned):
    """One topic: a theme or own words."""

    theme = SelectField(_l("Theme"), choices=[])
    words = StringField(
        _l("Or in your own words"),
        description=_l("When none of the themes fits."),
        filters=[stripped],
        validators=[Length(max=LONGEST["words"], message=TOO_LONG)],
    )
    knowledge = RadioField(
        _l("How do you know about it?"),
        choices=choices(labels.KNOWLEDGE.items()),
        default=Knowledge.PRACTICE,
    )
    ask = StringField(
        _l("Ask me about …"),
        description=_l("One sentence, such as: how to talk about it with parents."),
        filters=[stripped],
        validators=[Length(max=LONGEST["ask"], message=TOO_LONG)],
    )
    shown = RadioField(
        _l("Who sees this?"), choices=choices(labels.SHOWN.items()), default=Shown.MEMBERS
    )

    def show(self, line: CardLine) -> None:
        for name, value in topic_of(line).items():
            self[name].data = value
        self.version.data = version_of(topic_of(line))

    def wanted(self) -> Topic:
        return Topic(
            theme_id=whole_number(self.theme.data),
            words=self.words.data or "",
            knowledge=self.knowledge.data,
            ask=self.ask.data or "",
            shown=self.shown.data,
        )


class SettingsForm(FlaskForm, Versioned):
    """What stands beside the topics of one's own card."""

    about = TextAreaField(
        _l("In a few words"),
        filters=[stripped],
        validators=[Length(max=LONGEST["about"], message=TOO_LONG)],
        render_kw={"rows": 3},
    )
    contact = StringField(
        _l("How can people reach you?"),
        description=_l(
            "For example: by phone on Tuesdays. A request through this site always works, "
            "and you say yes or no to it."
        ),
        filters=[stripped],
        validators=[Length(max=LONGEST["contact"], message=TOO_LONG)],
    )
    contact_shown = RadioField(
        _l("Who sees how to reach you?"), choices=choices(labels.SHOWN.items())
    )
    often = RadioField(
        _l("How often may questions come?"),
        description=_l("For questions that go round to several people. You can always say no."),
        choices=choices(labels.OFTEN.items()),
    )

    def show(self, card: Card | None) -> None:
        if card is None:
            self.contact_shown.data, self.often.data = Shown.MEMBERS, Often.MONTH
            return
        for name, value in settings_of(card).items():
            self[name].data = value
        self.version.data = version_of(settings_of(card))

    def wanted(self) -> Settings:
        return Settings(
            about=self.about.data or "",
            contact=self.contact.data or "",
            contact_shown=self.contact_shown.data,
            often=self.often.data,
        )


class SeveralForm(SettingsForm):
    """The card of a team and the like."""

    name = StringField(
        _l("Name"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST["name"], message=TOO_LONG)],
    )
    organisation = SelectField(_l("Institution"), choices=[])
    region = SelectField(
        _l("Region"), choices=choices([("", _l("No region")), *((r, r) for r in REGIONS)])
    )

    def wanted(self) -> Settings:
        beside = super().wanted()
        return Settings(
            about=beside.about,
            contact=beside.contact,
            contact_shown=beside.contact_shown,
            often=beside.often,
            name=self.name.data or "",
            organisation_id=whole_number(self.organisation.data),
            region=self.region.data or "",
        )


class StartForm(SeveralForm):
    """A new card of several."""

    kind = RadioField(
        _l("Of whom is the card?"),
        choices=choices(pair for pair in labels.KINDS.items() if pair[0] != CardKind.PERSON),
        default=CardKind.TEAM,
    )


class AlongForm(FlaskForm):
    """Asking somebody to keep the card along."""

    handle = StringField(
        _l("Who?"),
        description=_l("The short name on their page, such as jan-de-boer."),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=80, message=TOO_LONG)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class QuestionForm(FlaskForm):
    """A question to those whose card has the theme, or says it in their words."""

    theme = SelectField(_l("What is it about?"), choices=[])
    words = StringField(
        _l("Or in your own words"),
        description=_l("One or two words, as others would have them on their card."),
        filters=[stripped],
        validators=[Length(max=LONGEST["words"], message=TOO_LONG)],
    )
    text = TextAreaField(
        _l("Your question"),
        filters=[stripped],
        validators=[InputRequired(REQUIRED), Length(max=LONGEST["question"], message=TOO_LONG)],
        render_kw={"rows": 5},
    )
