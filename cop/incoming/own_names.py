"""Does a mail give its sender away, where they take part under a pseudonym?"""

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from cop.members import names
from cop.members.models import Member
from cop.members.queries import own_persona

_NUMBER = re.compile(r"(?:\+|\b0)[\d\s().\-/]{7,20}\d")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
SHORTEST_GLUED = 6  # signs; a shorter name may be part of any word
_COMMON = {"van", "von", "het", "ter", "ten", "den", "der", "via", "mail", "info", "the", "und"}


def gives_away(session: Session, member: Member, shown_name: str, texts: Iterable[str]) -> bool:
    """Whether a text holds the member's name or part of it, an address, or a telephone number.

    Args:
        shown_name: what the mail's From says beside the address.
    """
    whole = "\n".join(texts)
    if _NUMBER.search(whole) or _ADDRESS.search(whole):
        return True
    own = own_persona(session, member.id).name
    glued = names.look_alike_key(own)
    if len(glued) >= SHORTEST_GLUED and any(glued in word for word in names.words(whole)):
        return True  # as in the address of a site
    known = names.words(f"{own} {shown_name} {member.email.partition('@')[0]}") - _COMMON
    return bool(known & names.words(whole))
