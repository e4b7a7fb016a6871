"""The card of a person holds what they show, and nothing of the member behind a pseudonym."""

from cop.members.actor import VISITOR
from cop.members.models import Persona
from cop.members.people import person
from cop.members.queries import people_named, personas_by_handle


def test_a_card_shows_roles_and_picture_to_members_only(make, app):
    member = make.member("Ria Bakker")
    persona = make.persona(member)
    persona.roles, persona.picture_id = ["professional", "experience_expert"], 7
    card = person(persona, make.actor(make.member()))
    assert card.url == f"/leden/{persona.handle}"
    assert card.picture_url is not None
    assert len(card.role_labels) == 2
    seen_by_visitor = person(persona, VISITOR)
    assert (seen_by_visitor.url, seen_by_visitor.picture_url) == (None, None)
    assert seen_by_visitor.name == "Ria Bakker"


def test_the_card_of_a_pseudonym_holds_only_its_name(make, app):
    member = make.member("Ria Bakker")
    persona = make.pseudonym(member, make.circle(pseudonyms=True), "Zeewind")
    persona.roles, persona.picture_id = ["client"], 7
    card = person(persona, make.actor(make.member()))
    assert card.is_pseudonym
    assert card.picture_url is None
    assert card.role_labels == ()


def test_only_who_takes_part_can_be_mentioned(make, session):
    member = make.member("Ria Bakker", handle="ria")
    pseudonym = make.pseudonym(member, make.circle(pseudonyms=True), "Zeewind")
    left = make.member("Kees Smit", state="left")
    asked = make.member("Jo Vis", state="requested")
    make.save(Persona(kind="placeholder", handle="oude-schrijver", name="Oud", sort_key="oud"))
    handles = [make.persona(m).handle for m in (member, left, asked)]
    found = personas_by_handle(session, [*handles, pseudonym.handle, "oude-schrijver", "niemand"])
    assert set(found) == {make.persona(member).handle, pseudonym.handle}
    assert found[pseudonym.handle].member_id == member.id


def test_picking_people_finds_names_of_members_by_any_of_their_words(make, session):
    member = make.member("José van Dijk")
    make.pseudonym(member, make.circle(pseudonyms=True), "Josefien")
    actor = make.actor(member)
    assert [p.name for p in people_named(session, actor, "dij")] == ["José van Dijk"]
    assert [p.name for p in people_named(session, actor, "jose")] == ["José van Dijk"]
    assert people_named(session, actor, "%") == []
