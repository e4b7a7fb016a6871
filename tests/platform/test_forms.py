"""Forms as they are shown."""

from flask import render_template_string
from flask_wtf import FlaskForm
from wtforms import FieldList, StringField
from wtforms.validators import DataRequired

from cop.platform import i18n

PAGE = """{% from "_parts/forms.html" import field, error_summary %}
{{ error_summary(form) }}{{ field(form.name) }}"""


class NameForm(FlaskForm):
    name = StringField("Name", validators=[DataRequired(i18n.lazy("Fill this in, please."))])
    more = FieldList(StringField(validators=[DataRequired("inside")]), min_entries=1)


def test_an_error_stands_beside_its_field_and_in_the_summary_in_the_readers_language(app):
    for language, words in (("en", "Fill this in, please."), ("nl", "Vul dit nog in.")):
        with app.test_request_context("/", method="POST", data={}):
            form = NameForm(meta={"csrf": False})
            assert not form.validate()
            with i18n.speaking(language, i18n.DEFAULT_ZONE):
                page = render_template_string(PAGE, form=form)
        assert page.count(words) == 2
        assert "inside" not in page  # a list of errors, not an error
