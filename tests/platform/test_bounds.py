"""What a request may cost."""

from io import BytesIO
from pathlib import Path

import pytest

from cop import create_app
from cop.platform import storage
from cop.platform.db import db
from cop.platform.ratelimit import counted, limiter
from tests.conftest import make_settings

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", ["/inloggen", "/ik/profiel", "/bestaat-niet"])
def test_a_form_with_thousands_of_fields_is_refused_before_it_is_read(browser, path):
    answer = browser().client.post(path, data="&".join(["a=bb"] * 2000), headers=FORM)
    assert answer.status_code == 413
    assert len(answer.data) < 50_000


def test_a_form_larger_than_any_of_ours_is_refused(browser):
    answer = browser().client.post("/inloggen", data="a=" + "b" * 5_000_000, headers=FORM)
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", FORM["Content-Type"]])
def test_a_member_is_told_so_as_well(make, browser, app, kind):
    """Nothing after the refusal reads what was refused."""
    most = app.config["MAX_CONTENT_LENGTH"] + 1
    answer = browser(make.member()).client.post(
        "/ik/profiel",
        input_stream=BytesIO(b"a&" * 2000),
        environ_overrides={"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(most)},
    )
    assert answer.status_code == 413
    assert "Content-Security-Policy" in answer.headers


def test_as_many_files_as_a_form_takes_fit_in_one_request(app):
    """Else whoever keeps to what the page says loses what they typed."""
    with app.app_context():
        files = storage.MOST_AT_ONCE * storage.storage().max_bytes
    assert app.config["MAX_CONTENT_LENGTH"] - files >= app.config["MAX_FORM_MEMORY_SIZE"]


@pytest.mark.parametrize(
    "path",
    [
        "/discussies/{}",
        "/berichten/{}",
        "/kringen/{}/deelnemen",
        "/meldingen/{}",
        "/meldingen?voor={}",
        "/discussies/1?citeer={}",
    ],
)
def test_a_number_that_is_too_large_is_nothing_that_exists(make, browser, path):
    assert browser(make.member()).get(path.format(10**30)).status_code in (200, 404)


@pytest.mark.parametrize("path", ["/leden/%00", "/gesprekken/%00", "/proeftuinen/%00"])
def test_an_address_with_signs_that_no_text_has_is_not_found(make, browser, path):
    assert browser(make.member()).get(path).status_code == 404


def test_counting_keeps_no_secret_and_starts_anew_for_nobody(make, browser, app):
    """The counts may stand in Redis; a new sign-in is still the same member."""
    member = make.member()
    keys, tokens = set(), set()
    for _sign_in in range(2):
        client = browser(member).client
        with client, client.session_transaction() as cookie:
            tokens.add(cookie["_user_id"])
        with client:
            client.get("/")
            keys.add(counted())
    assert len(keys) == 1
    assert not keys & tokens


def test_a_room_of_members_behind_one_address_is_not_counted_as_one(make, browser, limits):
    """At a kennismarkt everybody fills in the evaluation in the same five minutes."""
    path = "/agenda/prikker/999/gasten"
    first, second = browser(make.member()), browser(make.member())
    assert [first.post(path, {}).status_code for _ in range(9)] == [404] * 8 + [429]
    assert second.post(path, {}).status_code == 404


def test_one_address_is_not_flooded_with_links_to_sign_in(
    database_urls: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(database_urls["sqlite"], tmp_path, env="development")
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # one limiter serves all apps here
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    form = {"email": "iemand@example.org"}
    codes = [
        app.test_client()
        .post("/inloggen", data=form, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"})
        .status_code
        for n in range(9)
    ]
    assert codes == [302] * 8 + [429]
    with app.app_context():
        db.engine.dispose()
