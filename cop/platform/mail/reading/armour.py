"""A text that was signed in itself (RFC 9580 7), as was usual before PGP/MIME."""

import re

_BEGIN = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]*\n"
    r"(?:[A-Za-z][A-Za-z-]{1,30}: [^\n]{0,200}\n){0,9}\n",
    re.MULTILINE,
)
_SIGNATURE, _END = "\n-----BEGIN PGP SIGNATURE-----", "\n-----END PGP SIGNATURE-----"


def without_armour(text: str) -> str:
    """The text without its first signature; what stands around it stays."""
    begin = _BEGIN.search(text) if "-----BEGIN PGP SIGNED" in text else None
    if begin is None:
        return text
    at = text.find(_SIGNATURE, begin.end() - 1)
    end = text.find(_END, at) if at >= 0 else -1
    if end < 0:
        return text
    signed = re.sub(r"^- ", "", text[begin.end() : at], flags=re.MULTILINE)
    return text[: begin.start()] + signed + text[end + len(_END) :]
