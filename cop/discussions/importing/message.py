"""One mail as what a post needs: its words as plain text, and what was attached."""

import re
from dataclasses import dataclass, field

from cop.platform.mail.reading import headers as head
from cop.platform.mail.reading.parts import Attached as Attached  # for whoever stores it
from cop.platform.mail.reading.parts import Walk, split
from cop.platform.mail.reading.uuencoded import without_uuencoded
from cop.platform.markup import MAX_LENGTH

_SCRUBBED_HTML = re.compile(
    r"\n?^-{8,} next part -{8,}[ \t]*\n(?:An HTML attachment was scrubbed\.{3})[ \t]*\n"
    r"(?:(?:Name|Type|Size|Desc|URL|Url ?): ?[^\n]*\n?|<[^\n>]*>[ \t]*\n?)*",
    re.MULTILINE,
)


@dataclass(slots=True)
class Content:
    """
    Attributes:
        text: plain text, addresses masked, at most `MAX_LENGTH` characters.
        whole: the same, however long.
        files: what was attached, in order; the whole text too when it was longer than that.
    """

    text: str = ""
    whole: str = ""
    files: list[Attached] = field(default_factory=list)


def read(raw: bytes) -> Content:
    """What a mail says.

    Args:
        raw: the whole mail, headers included.
    """
    _headers, mail = split(raw)
    walk = Walk()
    texts = [words.text for words in walk.part(mail, 0)]
    text = "\n\n".join(t.strip("\n") for t in texts if t.strip())
    text, inside = without_uuencoded(text)
    text = _SCRUBBED_HTML.sub("\n", text + "\n").strip("\n")
    text = head.mask_addresses(text)
    whole = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    content = Content(whole, whole)
    content.files = walk.files + [Attached(name, data) for name, data in inside]
    if len(whole) > MAX_LENGTH:
        content.files.append(Attached("bericht.txt", whole.encode()))
        content.text = whole[: MAX_LENGTH - 4].rsplit("\n", 1)[0] + "\n[…]"
    return content
