"""What somebody typed when their session had ended: kept through signing in.

The sign-in page carries the posted fields along; once signed in, a page shows them again with the
way back to the form and a button that sends them once more, so that a lost session never costs a
text. Secrets are not carried, and files cannot be.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from cop.members.forms import SignInForm
from cop.platform.web import safe_path

PREFIX = "kept:"
ACTION = "kept-action"
BACK = "kept-back"
FILES = "kept-files"
LONG = 60  # characters; a longer text is shown in a box of its own


@dataclass(frozen=True, slots=True)
class Kept:
    """What came along through signing in.

    Attributes:
        action: the address to which it was posted, of which the query may be half.
        back: the path of the form's page.
        fields: (name, value) in order.
        files: whether there were files, which have to be chosen again.
    """

    action: str
    back: str
    fields: list[tuple[str, str]]
    files: bool

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What a person typed, as far as one can tell: more than a word or a number."""
        return [(n, v) for n, v in self.fields if len(v) > LONG or " " in v.strip()]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """The hidden fields that carry it through one more page."""
        return [
            (ACTION, self.action),
            (BACK, self.back),
            *([(FILES, "yes")] if self.files else []),
            *((PREFIX + name, value) for name, value in self.fields),
        ]


def page_with_kept_text() -> Response:
    """The sign-in page, holding every field of the refused form but secrets."""
    kept = Kept(
        action=safe_path(request.full_path.rstrip("?")),
        back=safe_path(_path_and_query(request.referrer)),
        fields=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name != "csrf_token" and "password" not in name and not name.startswith("kept")
        ],
        files=any(file.filename for file in request.files.values()),
    )
    form = SignInForm(formdata=None, next=kept.back)
    page = render_template("members/sign_in.html", form=form, kept=kept)
    return make_response(page, 401)


def brought_along() -> Kept | None:
    """What came through signing in with this request, or None."""
    fields = [
        (name.removeprefix(PREFIX), value)
        for name, value in request.form.items(multi=True)
        if name.startswith(PREFIX)
    ]
    if not fields:
        return None
    return Kept(
        action=safe_path(request.form.get(ACTION)),
        back=safe_path(request.form.get(BACK)),
        fields=fields,
        files=FILES in request.form,
    )


def _path_and_query(url: str | None) -> str:
    parts = urlsplit(url or "/")
    return parts.path + (f"?{parts.query}" if parts.query else "")
