"""What somebody typed when their session had ended: kept through signing in.

The sign-in page carries the posted fields along; once signed in, a page shows them again with the
way back to the form, so that a lost session never costs a text.
"""

from urllib.parse import urlsplit

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from cop.members.forms import SignInForm

PREFIX = "kept:"


def page_with_kept_text() -> Response:
    """The sign-in page, holding every field of the refused form but secrets."""
    kept = [
        (PREFIX + name, value)
        for name, value in request.form.items(multi=True)
        if name != "csrf_token" and "password" not in name and not name.startswith(PREFIX)
    ]
    form = SignInForm(formdata=None, next=urlsplit(request.referrer or "/").path)
    page = render_template("members/sign_in.html", form=form, kept=kept)
    return make_response(page, 401)


def brought_along() -> list[tuple[str, str]]:
    """The fields that came through signing in, in order."""
    return [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    ]
