"""What stands in a mail that was signed or encrypted as one lump (S/MIME: RFC 8551, CMS: RFC 5652).

Of a signed one the lump holds the mail itself, in the clear; who signed it is not looked at, since
who sent a mail is decided elsewhere. Only as much of BER (X.690) is read as leads to it.
"""

KINDS = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED = (
    bytes.fromhex("2a864886f70d010703"),  # enveloped-data
    bytes.fromhex("2a864886f70d0109100117"),  # authEnveloped-data (RFC 5083)
)
_OCTETS, _OCTETS_IN_PIECES, _OID, _SEQUENCE, _EXPLICIT = 0x04, 0x24, 0x06, 0x30, 0xA0
_INDEFINITE, _LONG = 0x80, 0x7F
_DEEPEST = 12


def is_encrypted(data: bytes) -> bool:
    """Nobody but those it was encrypted for can read it."""
    try:
        return _kind(data)[0] in _ENCRYPTED
    except (IndexError, ValueError):
        return False


def signed_content(data: bytes) -> bytes | None:
    """The mail that was signed, with headers of its own; None when there is none in it."""
    try:
        kind, at = _kind(data)
        if kind != _SIGNED:
            return None
        at, _end, _next = _open(data, at, _EXPLICIT)
        at, _end, _next = _open(data, at, _SEQUENCE)
        for _version_and_digests in range(2):
            _tag, _at, _end, at = _element(data, at)
        at, _end, _next = _open(data, at, _SEQUENCE)
        _tag, _at, _end, at = _element(data, at)
        at, _end, _next = _open(data, at, _EXPLICIT)
        return b"".join(_octets(data, at, 0))
    except (IndexError, ValueError):
        return None


def _kind(data: bytes) -> tuple[bytes, int]:
    """What it says it is, and where the rest begins."""
    at, _end, _next = _open(data, 0, _SEQUENCE)
    begin, end, next_at = _open(data, at, _OID)
    return data[begin:end], next_at


def _open(data: bytes, at: int, wanted: int) -> tuple[int, int, int]:
    """Where the content of the element here begins and ends, and where the next one begins."""
    tag, begin, end, next_at = _element(data, at)
    if tag != wanted:
        raise ValueError
    return begin, end, next_at


def _element(data: bytes, at: int, depth: int = 0) -> tuple[int, int, int, int]:
    """Tag, begin and end of its content, and where the next one begins."""
    if depth > _DEEPEST:
        raise ValueError
    tag, length, begin = data[at], data[at + 1], at + 2
    if length == _INDEFINITE:  # up to two zeros, as programs write that don't know it beforehand
        end = begin
        while data[end : end + 2] != b"\0\0":
            end = _element(data, end, depth + 1)[3]
        return tag, begin, end, end + 2
    if length > _INDEFINITE:
        size = length & _LONG
        length, begin = int.from_bytes(data[begin : begin + size]), begin + size
    if begin + length > len(data):
        raise ValueError
    return tag, begin, begin + length, begin + length


def _octets(data: bytes, at: int, depth: int) -> list[bytes]:
    tag, begin, end, _next = _element(data, at, depth)
    if tag == _OCTETS:
        return [data[begin:end]]
    if tag != _OCTETS_IN_PIECES:
        raise ValueError
    pieces: list[bytes] = []
    while begin < end:
        pieces += _octets(data, begin, depth + 1)
        begin = _element(data, begin, depth + 1)[3]
    return pieces
