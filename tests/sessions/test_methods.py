"""Methods: all that the domain names, steps that add up, and scaling that keeps them so."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from cop.platform import i18n
from cop.sessions import methods
from cop.sessions.words import ENTRIES

NAMES = {
    "intervisie": {
        "incident": ("Incidentmethode", (5, 15, 10, 15, 10, 5)),
        "ten-steps": ("Tienstappenmethode", (5, 10, 5, 15, 5, 15, 5, 15, 5, 10)),
        "gossip": ("Roddelmethode", (10, 10, 20, 10, 5, 5)),
        "balint": ("Balintmethode", (10, 5, 30, 10, 5)),
        "socratic": ("Socratisch gesprek", (10, 15, 15, 20, 20, 10)),
        "solution-focused": ("Oplossingsgerichte intervisie", (5, 10, 10, 5, 15, 10, 5)),
        "successes": ("Successenmethode", (10, 15, 15, 15, 5)),
    },
    "beraad": {
        "dilemma": ("Dilemmamethode", (5, 10, 10, 15, 15, 5, 5, 15, 5, 5)),
        "utrecht": ("Utrechts stappenplan", (10, 10, 20, 15, 5)),
        "nijmegen": ("Nijmeegse methode", (10, 25, 30, 20, 5)),
    },
}
ALL = [method for kind in NAMES for method in methods.shipped(kind).values()]


def test_every_method_of_the_domain_is_there_with_its_steps_and_times(app):
    for kind, wanted in NAMES.items():
        found = methods.shipped(kind)
        assert list(found) == list(wanted)
        with i18n.speaking("nl", "Europe/Amsterdam"):
            for key, (name, minutes) in wanted.items():
                assert str(found[key].name) == name
                assert tuple(step.minutes for step in found[key].steps) == minutes
                assert found[key].adds_up, key
                assert found[key].source


def test_every_text_of_a_method_is_there_in_both_languages():
    for method in ALL:
        for said in (
            *(method.name, method.about, method.fits),
            *(words for step in method.steps for words in (step.name, step.purpose, *step.prompts)),
        ):
            assert said.nl.strip(), method.key
            assert said.en.strip(), method.key
        for step in method.steps:
            assert step.prompts, (method.key, step.name.en)
            assert set(step.entries) <= set(ENTRIES)


def test_what_each_takes_along_is_asked_in_every_method():
    assert all(any(step.takes_along for step in method.steps) for method in ALL)


def test_a_snapshot_gives_the_method_back():
    for method in ALL:
        assert methods.from_json(method.as_json()) == method


@given(st.sampled_from(ALL), st.integers(20, 240))
def test_a_scaled_method_adds_up_and_no_step_vanishes(method, minutes):
    made = methods.scaled(method, minutes)
    assert made.adds_up
    assert made.total == minutes
    assert all(step.minutes >= 1 for step in made.steps)
    order = sorted(range(len(made.steps)), key=lambda n: method.steps[n].minutes)
    shares = [made.steps[n].minutes for n in order]
    assert all(a <= b + 1 for a, b in itertools.pairwise(shares))


@given(st.sampled_from(ALL))
def test_the_same_time_changes_nothing(method):
    assert methods.scaled(method, method.total) == method
