"""What was sent, threaded as mail programs do it, is the discussion as it is on the site."""

import itertools
import random

from tests.mailing.helping import answer, start, wants
from tests.mailing.threading_by_jwz import Container, threads


def _shape(container: Container) -> tuple:
    said = container.message.get_body(("plain",)).get_content() if container.message else ""
    name = next((line for line in said.splitlines() if line.startswith("bericht-")), "?")
    return name, sorted(_shape(child) for child in container.children)


def _talk(make, on):
    """A discussion with answers to answers: its shape, as `_shape` gives it."""
    writer = make.member()
    discussion = start(make, writer, on, title="Zelfde titel", text="bericht-1")
    two = answer(make, writer, discussion, text="bericht-2")
    three = answer(make, writer, discussion, text="bericht-3", in_reply_to_id=two.id)
    answer(make, writer, discussion, text="bericht-4", in_reply_to_id=three.id)
    answer(make, writer, discussion, text="bericht-5", in_reply_to_id=two.id)
    answer(make, writer, discussion, text="bericht-6")
    inner = ("bericht-3", [("bericht-4", [])])
    return ("bericht-1", [("bericht-2", [inner, ("bericht-5", [])]), ("bericht-6", [])])


def test_mail_programs_show_the_same_threads(make, server, deliver):
    on, reader = make.list(), make.member()
    wants(make, reader, on)
    expected = [_talk(make, on), _talk(make, on)]  # two with one title stay two
    deliver()
    assert len(server.arrived) == 12
    for seed in range(6):  # whatever the order in which they come
        shuffled = list(server.arrived)
        random.Random(seed).shuffle(shuffled)
        assert [_shape(root) for root in threads(shuffled)] == expected


def test_a_missing_message_breaks_no_thread(make, server, deliver):
    """One's own messages do not come back by mail: the thread holds together without them."""
    on, reader = make.list(), make.member()
    wants(make, reader, on)
    _talk(make, on)
    deliver()
    for missing in itertools.combinations(range(6), 2):
        left = [mail for n, mail in enumerate(server.arrived) if n not in missing]
        assert len(threads(left)) == 1


def test_message_ids_are_the_same_for_everybody(make, server, deliver):
    on = make.list()
    readers = [make.member() for _ in range(3)]
    for reader in readers:
        wants(make, reader, on)
    start(make, make.member(), on)
    deliver()
    assert len({mail["Message-ID"] for mail in server.arrived}) == 1
    assert len({mail["Reply-To"] for mail in server.arrived}) == 3
