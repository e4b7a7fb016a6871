"""Forms as they are shown."""

import ast
import re
from pathlib import Path

import flask_wtf
import pytest
import wtforms
from flask import render_template_string
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, StringField
from wtforms.i18n import get_translations
from wtforms.validators import DataRequired, InputRequired, NumberRange

from cop.platform import form_messages, forms, i18n

ZONE = i18n.DEFAULT_ZONE

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


def _all_forms():
    """Every form of every room."""
    import cop.wiring  # noqa: F401  # imports all of them

    found, waiting = set(), [FlaskForm]
    while waiting:
        for form in waiting.pop().__subclasses__():
            waiting.append(form)
            if form.__module__.startswith("cop."):
                found.add(form)
    return sorted(found, key=lambda form: (form.__module__, form.__name__))


BAD = {
    "nothing": "",
    "letters": "x",
    "long": "é" * 100_000,
    "digits": "9" * 5000,
    "large": "9" * 30,
    "minus": "-1",
    "point": "12.5",
    "day": "2026-02-30",
    "markup": "<b>%(max)d {} %s",
}


def _errors(app, form, bad, language):
    """What the form says of bad input in all its fields, by field."""
    with app.test_request_context("/", method="POST", data={}), i18n.speaking(language, ZONE):
        bare = form(meta={"csrf": False})
        data = MultiDict((name, bad) for name in bare.data)
        filled = form(formdata=data, meta={"csrf": False})
        for field in filled:
            if getattr(field, "choices", False) is None:
                field.choices = []  # as a view fills in
        filled.validate()
        return {
            field.name: [str(error) for error in field.errors]
            for field in filled
            if field.errors and not isinstance(field, FieldList)
        }


def test_every_form_says_what_is_wrong_in_one_sentence_of_the_readers_language(app):
    forms = _all_forms()
    assert len(forms) > 25
    library = set(LIBRARY) | {str(_wtforms_dutch(text)) for text in LIBRARY}
    starts = tuple(re.split(r"%|\{", text)[0] for text in library)
    starts = tuple(start for start in starts if len(start) > 8)
    said, wrong = 0, []
    for form in forms:
        for bad in BAD.values():
            dutch, english = (_errors(app, form, bad, language) for language in ("nl", "en"))
            assert dutch.keys() == english.keys()
            for name, errors in dutch.items():
                first, other = errors[0], english[name][0]
                clear = (
                    len(errors) == 1
                    and re.fullmatch(r"[A-ZÉ][^%{]*[.?]", first)
                    and not first.startswith(starts)
                    and not other.startswith(starts)
                    and first != other  # nobody left it untranslated
                )
                if not clear:
                    wrong.append((form.__module__, form.__name__, name, bad[:20], errors, other))
                said += 1
    assert wrong == []
    assert said > 100


def _library_sentences():
    """All that WTForms and Flask-WTF can say to whoever fills in a form, from their source."""
    found = set()
    for package in (wtforms, flask_wtf):
        for path in Path(package.__file__).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                text = getattr(node.args[0], "value", None)
                if called in ("gettext", "ngettext") and isinstance(text, str):
                    found.add(text)
    # These two are for whoever writes the form.
    return found - {"Choices cannot be None.", "Invalid field name '%s'."}


LIBRARY = sorted(_library_sentences())


def _wtforms_dutch(text):
    return get_translations(["nl"]).gettext(text)


@pytest.mark.parametrize("text", LIBRARY)
def test_each_sentence_of_the_library_is_put_in_our_words(app, text):
    values = {"min": 3, "max": 9, "length": 10, "values": "x", "value": "x", "other_name": "x"}
    said = []
    for language in ("nl", "en"):
        with i18n.speaking(language, ZONE):
            said.append(form_messages.Messages().gettext(text) % values)
            assert form_messages.Messages().ngettext(text, "", 2) % values == said[-1]
    assert text % values not in said
    assert said[0] != said[1]


@pytest.mark.parametrize(
    ("typed", "data", "error"),
    [
        ("12", 12, None),
        (" 7 ", 7, None),
        ("12,5", None, "Vul een heel getal in."),
        ("x", None, "Vul een heel getal in."),
        ("", None, "Vul dit nog in."),
        ("13", None, "Vul een getal in van 0 tot en met 12."),
    ],
)
def test_a_whole_number(app, typed, data, error):
    class Sum(FlaskForm):
        count = forms.WholeNumberField(validators=[InputRequired(), NumberRange(0, 12)])

    asked = app.test_request_context("/", method="POST", data={"count": typed})
    with asked, i18n.speaking("nl", ZONE):
        form = Sum(meta={"csrf": False})
        assert form.validate() is (error is None)
        assert list(form.count.errors) == ([error] if error else [])
    if data:
        assert form.count.data == data


@pytest.mark.parametrize(
    ("language", "written"), [("nl", 'value="1234,5"'), ("en", 'value="1234.5"')]
)
def test_a_number_is_shown_as_its_reader_writes_it(app, language, written):
    class Sum(FlaskForm):
        value = forms.NumberField()

    with app.test_request_context("/"), i18n.speaking(language, ZONE):
        assert written in Sum(meta={"csrf": False}, value=1234.5).value()
