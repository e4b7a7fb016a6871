"""Does a mail give its sender away, where they take part under a pseudonym?"""

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from cop.members import names
from cop.members.models import Member
from cop.members.queries import own_persona

_NUMBER = re.compile(r"(?:\+|\b0)[\d\s().\-/]{7,20}\d")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
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
    known = names.words(f"{own} {shown_name} {member.email.partition('@')[0]}") - _COMMON
    return bool(known & names.words(whole))
