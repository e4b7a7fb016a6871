"""A passage without what tells where it comes from, for moderators.

A quotation in a post names its writer and links to the quoted post; a mention names somebody of the
same circle; a link leads to a page of this site; a mail's answer says whose words stand below it.
None of these are the words that a report is about. What is left out is marked with '…'.
"""

import re

from cop.platform import quotations
from cop.platform.markup import MENTION

OUT = "…"

# A link in Markdown, or a picture, with its words: '[Anna](/berichten/12)', '[dit][1]'.
_LINK = re.compile(r"!?\[[^\[\]\n]*\]\(\s*<?([^\s()<>]*)>?(?:\s+[^()\n]*)?\)")
_DEFINED = re.compile(r"^[ ]{0,3}\[[^\[\]\n]+\]:\s*<?(\S+?)>?(?:\s.*)?$", re.MULTILINE)
_ADDRESS = re.compile(r"(?:https?:)?//[^\s<>()\[\]]+|www\.[^\s<>()\[\]]+", re.IGNORECASE)
# Pages of this site, also when somebody typed only the path or pasted it with another host.
_PAGES = (
    r"/(?:berichten|discussies|gesprekken|proeftuinen|leden|kringen|bestanden|lijsten|opbrengsten"
    r"|casussen|bijdragen|markten|contact)"
)
_PATH = re.compile(rf"(?<![\w/]){_PAGES}/[^\s<>()\[\]]*", re.IGNORECASE)


def without_place(text: str, host: str) -> str:
    """The text with '…' for names of quoted writers, mentions, and addresses of this site.

    Args:
        host: where the site is, 'example.org'.
    """
    text = _without_leads(text)
    text = _LINK.sub(lambda m: OUT if _is_ours(m[1], host) else m[0], text)
    text = _DEFINED.sub(lambda m: OUT if _is_ours(m[1], host) else m[0], text)
    text = without_addresses(text, host)
    return MENTION.sub(OUT, text)


def without_addresses(text: str, host: str) -> str:
    """The text with '…' for addresses of this site only."""
    text = _ADDRESS.sub(lambda m: OUT if _is_ours(m[0], host) else m[0], text)
    return _PATH.sub(OUT, text)


def _is_ours(target: str, host: str) -> bool:
    target = target.strip().lower()
    if not re.match(r"[a-z][a-z0-9+.-]*:|//|www\.", target):
        return True  # relative: to a page or a place on a page
    there = re.sub(r"^(?:https?:)?(?://)?(?:www\.)?(?:[^/@\s]*@)?", "", target)
    own = host.lower().removeprefix("www.")
    if there == own or there.startswith((f"{own}/", f"{own}?", f"{own}#")):
        return True
    return bool(re.match(rf"[^/]*{_PAGES}/", there))


def _without_leads(text: str) -> str:
    """Without 'Op 3 mei schreef Jan:' above a quotation, and the head of a mail below an answer."""
    kept: list[str] = []
    for run in quotations.runs(text):
        lines = run.lines
        if run.quoted and not any(line.lstrip().startswith(">") for line in lines[:1]):
            end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
            lines = [OUT, *lines[end:]]
        elif run.lead:
            kept.append(OUT)
        kept += lines
    return "\n".join(kept)
