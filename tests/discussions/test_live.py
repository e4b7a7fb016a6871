"""New posts appear by themselves, through a real server and real sockets; and only for readers."""

from collections.abc import Iterator

import pytest
from socketio.exceptions import ConnectionError as Refused
from sqlalchemy import delete

from cop.discussions import operations
from cop.members.models import SignIn
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.spaces.circles import CircleMembership, Visibility
from tests.support import live


@pytest.fixture
def base(app, database, database_urls) -> Iterator[str]:
    with live.running(database_urls[database], app.config["SETTINGS"].data_dir) as address:
        yield address


def _answer(make, member, discussion, text="Nieuw"):
    with unit_of_work() as session:
        return operations.answer(
            session, make.actor(member), discussion_id=discussion.id, text=text, now=clock.now()
        )


def test_readers_hear_what_is_written_elsewhere_and_nobody_else_does(app, make, base):
    on = make.list(Visibility.CLOSED)
    author, reader, outsider = make.member(), make.member(), make.member()
    for member in (author, reader):
        make.join(member, on.circle)
    discussion = make.discussion(on, author)
    name = f"discussion:{discussion.id}"
    listeners = {
        member.id: live.Listener(base, live.cookie_of(app, member)) for member in (reader, outsider)
    }
    assert listeners[reader.id].listen(name)["ok"] is True
    assert listeners[outsider.id].listen(name) == {"ok": False}
    _answer(make, author, discussion)
    assert live.eventually(lambda: listeners[reader.id].heard)
    assert listeners[reader.id].heard == [
        {"audience": name, "number": 1, "kind": "post", "subject": 2}
    ]
    assert listeners[outsider.id].heard == []
    for listener in listeners.values():
        listener.close()


def test_a_visitor_and_another_origin_are_not_connected(app, make, base):
    with pytest.raises(Refused):
        live.Listener(base)
    with pytest.raises(Refused):
        live.Listener(base, live.cookie_of(app, make.member()), origin="https://evil.example")


def test_ending_the_membership_ends_the_listening(app, make, base):
    on = make.list(Visibility.PRIVATE)
    author, leaving = make.member(), make.member()
    for member in (author, leaving):
        make.join(member, on.circle)
    discussion = make.discussion(on, author)
    listener = live.Listener(base, live.cookie_of(app, leaving))
    assert listener.listen(f"discussion:{discussion.id}")["ok"] is True
    with unit_of_work() as session:
        session.execute(delete(CircleMembership).where(CircleMembership.member_id == leaving.id))
    _answer(make, author, discussion)
    assert live.eventually(lambda: not listener.client.connected)
    assert listener.heard == []


def test_ending_the_sign_in_ends_the_connection(app, make, base):
    author, gone, staying = make.member(), make.member(), make.member()
    discussion = make.discussion(make.list(), author)
    listeners = [live.Listener(base, live.cookie_of(app, m)) for m in (gone, staying)]
    for listener in listeners:
        assert listener.listen(f"discussion:{discussion.id}")["ok"] is True
    with unit_of_work() as session:
        session.execute(delete(SignIn).where(SignIn.member_id == gone.id))
    _answer(make, author, discussion)
    assert live.eventually(lambda: listeners[1].heard)
    assert live.eventually(lambda: not listeners[0].client.connected)
    assert listeners[0].heard == []
    listeners[1].close()


def test_who_was_away_gets_what_was_missed(app, make, base):
    author = make.member()
    discussion = make.discussion(make.list(), author)
    for _ in range(3):
        _answer(make, author, discussion)
    listener = live.Listener(base, live.cookie_of(app, author))
    answer = listener.listen(f"discussion:{discussion.id}", number=1)
    assert (answer["number"], [e["number"] for e in answer["events"]]) == (3, [2, 3])
    assert [e["subject"] for e in answer["events"]] == [3, 4]
    listener.close()


@pytest.mark.parametrize(
    "data",
    [
        None,
        "discussion:1",
        {"audience": "discussion:1"},
        {"audience": "discussion:x", "number": 0},
        {"audience": "discussion:1; DROP", "number": 0},
        {"audience": "discussion:99999999999999999999", "number": 0},
        {"audience": "iets:1", "number": 0},
        {"audience": ["discussion:1"], "number": 0},
    ],
)
def test_nonsense_is_no_audience(app, make, data):
    from cop.platform.live import socketio

    browser = app.test_client()
    browser.set_cookie(*live.cookie_of(app, make.member()).split("=", 1))
    client = socketio.test_client(app, flask_test_client=browser)
    assert client.emit("listen", data, callback=True) == {"ok": False}
    client.disconnect()
