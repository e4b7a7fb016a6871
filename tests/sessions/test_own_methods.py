"""A group's own methods: copied, in its own words; the steps add up, or the page says so."""

import re

import pytest

from cop.platform.errors import NotFound, Refused
from cop.sessions import methods, own_methods, preparing
from cop.sessions.own_methods import Edited, EditedStep
from cop.spaces.operations import Stale
from tests.sessions.table import table

STEP = {"purpose": "", "speaks": "all", "mode": "talk"}


def edited(*minutes, total=None, **values):
    steps = [EditedStep(name=f"Stap {n}", minutes=m, **STEP) for n, m in enumerate(minutes, 1)]
    known = {"name": "Onze manier", "about": "", "minutes": total or sum(minutes)}
    return Edited(**known | values, steps=steps)


def test_a_group_copies_one_changes_it_and_chooses_it(session, make, now):
    at = table(make, begun=False)
    made = own_methods.copy(session, at.actor(at.others[0]), at.group.id, "balint", now)
    own_methods.change(session, at.actor(), made.id, edited(20, 30, 10), 1, now)
    offered = preparing.offered(session, at.group.circle_id, "intervisie")
    found = offered[f"own:{made.id}"]
    assert (str(found.name), found.total, found.adds_up) == ("Onze manier", 60, True)
    own_methods.change(session, at.actor(), made.id, edited(20, 30, total=60), 2, now)
    assert not methods.from_json(made.body).adds_up
    own_methods.retire(session, at.actor(), made.id, now)
    assert f"own:{made.id}" not in preparing.offered(session, at.group.circle_id, "intervisie")


def test_what_is_new_in_it_is_looked_at_and_its_author_decides(make, browser):
    at = table(make, begun=False)
    one = browser(at.others[0])
    page = one.send(f"/werkvormen/groep/{at.group.id}", {"key": "balint"}).location
    words = {"about": "Zoals met mevrouw Jansen (34), haar zoon Daan is 9."}
    assert "Share it anyway" in one.send(page, words).text
    assert one.send(page, words | {"anyway": "yes"}).status_code == 302
    assert one.send(page, {"name": "Onze manier"}).status_code == 302


def test_two_who_change_it_are_told(session, make, now):
    at = table(make, begun=False)
    made = own_methods.copy(session, at.actor(), at.group.id, "incident", now)
    own_methods.change(session, at.actor(), made.id, edited(30, 30), 1, now)
    with pytest.raises(Stale):
        own_methods.change(session, at.actor(), made.id, edited(10, 50), 1, now)


def test_nobody_from_outside_the_group_reaches_it(session, make, now):
    at = table(make, begun=False)
    stranger = make.actor(make.member(site_role="administrator"))
    made = own_methods.copy(session, at.actor(), at.group.id, "incident", now)
    for act in (
        lambda: own_methods.copy(session, stranger, at.group.id, "incident", now),
        lambda: own_methods.change(session, stranger, made.id, edited(30), 1, now),
        lambda: own_methods.retire(session, stranger, made.id, now),
    ):
        with pytest.raises(NotFound):
            act()


# what was sent → the field beside which it says no
WRONG = (
    (edited(total=60), "steps"),
    (edited(*[2] * 21), "steps"),
    (edited(0, 60), "steps"),
    (edited(5), "minutes"),
    (edited(60, name=" "), "name"),
    (edited(60, name="x" * 81), "name"),
    (edited(60, about="x" * 601), "about"),
    (edited(300), "minutes"),
    (
        Edited(
            name="Onze manier",
            about="",
            minutes=60,
            steps=[EditedStep(name="Eén", minutes=60, prompts="Wie?\n" * 7, **STEP)],
        ),
        "steps",
    ),
)


def test_what_cannot_be_a_method_is_refused(session, make, now):
    at = table(make, begun=False)
    made = own_methods.copy(session, at.actor(), at.group.id, "incident", now)
    for wrong, field in WRONG:
        with pytest.raises(Refused) as refused:
            own_methods.change(session, at.actor(), made.id, wrong, 1, now)
        assert refused.value.field == field, wrong


def test_in_a_silent_step_something_can_be_written(session, make, now):
    at = table(make, begun=False)
    made = own_methods.copy(session, at.actor(), at.group.id, "incident", now)
    silent = EditedStep(name="In stilte", minutes=60, **STEP | {"mode": "silent"})
    wanted = Edited(name="Onze manier", about="", minutes=60, steps=[silent])
    own_methods.change(session, at.actor(), made.id, wanted, 1, now)
    assert methods.from_json(made.body).steps[0].entries == ("feedback",)


def test_the_form_keeps_adds_and_leaves_out_steps(make, browser):
    at = table(make, begun=False)
    phone = browser(at.others[0])
    page = phone.send(f"/werkvormen/groep/{at.group.id}", {"key": "balint"}).location
    assert "Balint method, our own" in phone.get(page).text
    more = phone.send(page, {"add": "yes"})
    assert more.status_code == 422
    assert 'name="steps-5-name"' in more.text
    kept = phone.send(page, {"steps-4-out": "y", "steps-0-minutes": "15"})
    assert kept.status_code == 302
    shown = phone.get(page).text
    assert 'name="steps-3-name"' in shown
    assert 'name="steps-4-name"' not in shown
    # Two at once: each sees what the other made of it, and can send again.
    lead = browser(at.lead)
    assert lead.send(page, {"name": "Van de ander", "version": "²"}).status_code == 422
    assert lead.send(page, {"name": "Van de ander"}).status_code == 302
    stale = phone.send(page, {"name": "Van mij", "version": "2"})
    assert stale.status_code == 422
    assert "Van de ander" in stale.text
    assert 'value="Van mij"' in stale.text
    (version,) = re.findall(r'name="version"[^>]* value="(\d+)"', stale.text)
    assert phone.send(page, {"name": "Van mij", "version": version}).status_code == 302
    assert "Van mij" in phone.get(page).text
