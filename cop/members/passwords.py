"""Passwords: argon2id, at least twelve characters, none of the commonly used ones.

Length and the list of common passwords follow NIST SP 800-63B-4 section 3.1.1.2: no rules about
kinds of characters, no expiry. What is refused is what is tried first: words of the list with
figures or signs around them, rows of keys, the same again and again, and the own name, address or
the site's name.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from cop.members.names import words
from cop.platform.errors import Refused
from cop.platform.i18n import gettext as _

LEAST = 12
MOST = 200
FIELD = "password"
LIST = Path(__file__).parent / "data" / "common_passwords.txt"

# RFC 9106's second recommended option is too heavy for one small server with many sign-ins at
# once; this is OWASP's argon2id setting: 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _hasher.hash("a password that nobody has")

_ROWS = (
    *("1234567890", "abcdefghijklmnopqrstuvwxyz"),
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn"),
    *("1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujm"),
)
_NEIGHBOURS = {pair for row in _ROWS for pair in pairwise(row)}
_NEIGHBOURS |= {(b, a) for a, b in _NEIGHBOURS} | {("9", "0"), ("0", "1")}
_UNDISGUISED = str.maketrans("013457@$!", "oleastasi")
_FEWEST = 5  # different characters


def hash_password(password: str) -> str:
    return _hasher.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether it fits; takes as long when there is none, so that timing tells nothing."""
    try:
        return _hasher.verify(stored or _NOBODYS, _normal(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_dated(stored: str) -> bool:
    """Whether the hash was made with other settings than today's: make it anew at sign-in."""
    return _hasher.check_needs_rehash(stored)


def check(password: str, own: Iterable[str] = ()) -> None:
    """Whether this can be somebody's password.

    Args:
        own: the person's name and address and the site's name.

    Raises:
        Refused: too short, too long, or one of those that are tried first.
    """
    if len(password) < LEAST:
        raise Refused(_("Use at least %(least)s characters.", least=LEAST), FIELD)
    if len(password) > MOST:
        raise Refused(_("Use at most %(most)s characters.", most=MOST), FIELD)
    plain = _normal(password).casefold()
    if _is_row(plain) or _is_repeated(plain) or _is_common(plain, frozenset()):
        raise Refused(
            _("Many people use a password like this. Put three or four words in a row instead."),
            FIELD,
        )
    own_words = frozenset(word for text in own for word in words(text))
    if own_words and _is_common(plain, own_words):
        raise Refused(
            _("Your own name, address or the name of this site is too easy to guess."), FIELD
        )


def _is_row(plain: str) -> bool:
    """Mostly keys beside each other, letters of the alphabet in order, or few different ones."""
    if len(set(plain)) < _FEWEST:
        return True
    pairs = list(pairwise(plain))
    near = sum(a == b or (a, b) in _NEIGHBOURS for a, b in pairs)
    return near >= 0.7 * len(pairs)


def _is_repeated(plain: str) -> bool:
    """'welkomwelkom', 'abc-abc-abc-': a part that would be too short, again and again."""
    match = re.fullmatch(r"(.+?)\1+(.*)", plain)
    return match is not None and len(match[1]) < LEAST and match[1].startswith(match[2])


def _is_common(plain: str, own: frozenset[str]) -> bool:
    """A common or own word, whatever figures and signs stand around it or in its letters' place."""
    if plain in common():
        return True
    inner = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    return any(
        _is_one_word("".join(c for c in form if c.isalpha()), own)
        for form in (plain, inner.translate(_UNDISGUISED))
    )


def _is_one_word(letters: str, own: frozenset[str]) -> bool:
    """At most one common word beside the own ones; too few letters count as one."""
    for word in sorted(own, key=len, reverse=True):
        letters = letters.replace(word, "")
    return len(letters) < 4 or letters in common()


@functools.cache
def common() -> frozenset[str]:
    """The words of the list, lower case."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
