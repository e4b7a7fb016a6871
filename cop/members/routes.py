"""All pages of this room: importing them hangs them on the blueprint."""

from cop.members import (
    moderator_routes,
    own_routes,
    people_routes,
    sign_in_routes,
    sign_up_routes,
)
from cop.members.blueprint import blueprint

__all__ = [
    "blueprint",
    "moderator_routes",
    "own_routes",
    "people_routes",
    "sign_in_routes",
    "sign_up_routes",
]
