"""Names: how they are cleaned, compared and turned into handles. Knows no table."""

import re
import unicodedata

from cop.platform.blank import is_blank
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _
from cop.platform.i18n import sort_key

LONGEST = 80
LONGEST_HANDLE = 50  # leaves room for a number behind it

# What is easily taken for a letter: figures, and Greek and Cyrillic letters with a Latin face.
_LOOK_ALIKE = str.maketrans(
    "0134578авекмнорстухіјѕԁԛԝαβεικνορτυχ",
    "oieastbabekmhopctyxijsdqwabeikvoptux",
)
_HANDLE_PARTS = re.compile(r"[^a-z0-9]+")


def clean(name: str, field: str = "name") -> str:
    """The name with single spaces and nothing invisible in it.

    Raises:
        Refused: no letter in it, too long, or signs that a name does not have.
    """
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not any(c.isalpha() and not is_blank(c) for c in name):
        raise Refused(_("Fill in a name, please."), field)
    if len(name) > LONGEST:
        raise Refused(_("A name has at most %(most)s characters.", most=LONGEST), field)
    # Cc, Cf and friends: characters that turn text around or hide in it.
    if any(unicodedata.category(c)[0] == "C" for c in name) or set(name) & set("<>@/\\{}[]|"):
        raise Refused(_("This name has signs in it that a name cannot have."), field)
    return name


def look_alike_key(name: str) -> str:
    """Names with the same key look the same to a reader: case, accents, spaces, 0 for o."""
    letters = sort_key(name).replace(" ", "").translate(_LOOK_ALIKE)
    return letters[:80]


def words(text: str) -> set[str]:
    """The words of a name or address by which somebody would be recognised: three signs or more."""
    spaced = "".join(c if c.isalnum() else " " for c in text)
    return {key for word in spaced.split() if len(key := look_alike_key(word)) >= 3}


def handle_from(name: str) -> str:
    """'José van Dijk' → 'jose-van-dijk'; 'lid' when nothing of it can stand in an address."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return _HANDLE_PARTS.sub("-", plain).strip("-")[:LONGEST_HANDLE].strip("-") or "lid"


def initials(name: str) -> str:
    """'Jan de Boer' → 'JB'."""
    parts = name.split()
    return "".join(part[0] for part in parts[:1] + parts[1:][-1:]).upper()
