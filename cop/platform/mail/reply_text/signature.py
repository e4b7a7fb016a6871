"""Where a signature begins: at '-- ' (RFC 3676 4.3), or at a line such as 'sent from my phone'.

A closing with a name ('Groet, Jan') is the writer's own and stays.
"""

import re
from collections.abc import Sequence

from cop.platform.mail.reply_text.lines import Line, visible

MOST_AFTER = 12  # lines of a signature whose '--' lost its space on the way
LONGEST_SENT = 110
MOST_BELOW = 4

_URL = re.compile(r"<(?:https?://|mailto:)[^<>]*>|\((?:https?://)[^()]*\)|https?://\S+|[\[\]]")
_PROGRAM = (
    r"(?:outlook|gmail|yahoo|proton ?mail|gmx|web\.de|spark|k-?9|fairemail|thunderbird|bluemail"
    r"|mailbird|canary|airmail|hotmail|mail (?:voor|for|für|pour)|e-?mail|tuta(?:nota)?|libero"
    r"|freenet|t-online|ziggo|kpn|xs4all|samsung|galaxy|huawei|xiaomi|oppo|oneplus|motorola|nokia"
    r"|sony|htc|pixel|fairphone|android|iphone|ipad|ios|blackberry|mobile?\w*|smartphone|handy"
    r"|tablet|telefoon|phone|portable|téléphone|laptop|apple|mac|appareil|toestel|apparaat|gerät"
    r"|device|messagerie|app|zivver|smartlockr|filecap|zorgmail"
    r"|mailspring|superhuman|fastmail|boxer|aqua ?mail|zoho|realme|nextcloud)"
)
_MINE = r"(?:mijn|my|meinem|meiner|mon|ma|m'n|mn|the|a|an|een|de|het|un|une|einem|dem)"
_SENT = re.compile(
    # 'Verstuurd vanaf mijn …', 'Sent from my …', 'Gesendet von …', 'Envoyé de mon …'
    r"(?:(?:deze? (?:e-?mail|bericht) (?:is|werd) |dit bericht is |this (?:e-?mail|message) was |"
    r"diese (?:e-?mail|nachricht) wurde |ce message a été )?"
    r"(?:(?:veilig|beveiligd|securely) )?"
    r"(?:verstuurd|verzonden|gestuurd|getypt|sent|composed|written|gesendet|verschickt|versendet|"
    r"envoyé|enviado|inviato|skickat|sendt)"
    r"\s+(?:vanaf|vanuit|vanop|van|via|met|mit|uit|door|from|with|by|using|on|in|von|über|aus|de|"
    r"depuis|à partir d[e']|avec|par|da|desde|från|fra)\b.*)"
    # 'Vanaf mijn telefoon verzonden', 'Von meinem iPhone gesendet'
    rf"|(?:vanaf|vanuit|von|from|via|mit|met)\s+{_MINE}?\s*.{{2,60}}"
    r"\b(?:verzonden|verstuurd|gesendet|versendet|sent)\W*"
    rf"|diese nachricht wurde von .{{2,60}} gesendet\W*"
    # 'Download Outlook voor Android', 'Outlook für iOS beziehen', 'Get Outlook for iOS'
    r"|(?:download|get|haal|holen sie sich|laden sie|télécharge[rz]|obtene[rz]|obtenir)\s+"
    r"(?:de |the |die |l')?(?:gratis )?(?:outlook|gmail|yahoo|gmx|proton|spark|bluemail).{0,50}"
    r"|(?:outlook|gmx|proton|yahoo)\b.{2,40}"
    r"\b(?:downloaden|herunterladen|beziehen|ophalen|verkrijgen|holen)\W*"
    r"|yahoo mail: .{3,60}",
    re.IGNORECASE,
)
_KNOWS_PROGRAM = re.compile(rf"\b{_PROGRAM}", re.IGNORECASE)
_MY_THING = re.compile(
    r"\b(?:mijn|m['’]n|mn|my|meinem|meiner|mon)\s+[\w'’+-]+(?:\s+[\w'’+-]+){0,4}\W*\Z", re.I
)


def is_sent_line(text: str) -> bool:
    """'Verstuurd vanaf mijn iPhone' and its like, in a line of its own."""
    text = " ".join(_URL.sub(" ", visible(text)).split()).strip("*_ .\"'")
    if not text or len(text) > LONGEST_SENT or not _SENT.fullmatch(text):
        return False
    return bool(_KNOWS_PROGRAM.search(text) or _MY_THING.search(text))


def begins(lines: Sequence[Line]) -> tuple[int, int] | None:
    """Which of the writer's own lines (half open) are the signature; None when there is none.

    Args:
        lines: a stretch of the writer's own, with no quotation in it.
    """
    after = sum(not line.blank for line in lines)
    for n, line in enumerate(lines):
        if line.text.lstrip("\ufeff") == "-- ":
            return n, len(lines)
        after -= not line.blank
        if after <= MOST_AFTER and line.text.startswith("--") and visible(line.text) == "--":
            return n, len(lines)
    for n, line in enumerate(lines):
        if is_sent_line(line.text):
            return n, _below(lines, n + 1)
        # Broken in two: 'Verstuurd vanaf mijn Android-apparaat met K-9 Mail.\nExcuses voor …'
        if n + 1 < len(lines) and not line.blank and not lines[n + 1].blank:
            both = f"{line.text.rstrip()} {lines[n + 1].text.strip()}"
            if len(line.text) > 40 and is_sent_line(both):
                return n, _below(lines, n + 2)
    return None


def _below(lines: Sequence[Line], at: int) -> int:
    """Where what belongs to a 'sent from' line ends: a few short lines that are no sentences."""
    rest = [line for line in lines[at:] if not line.blank]
    if len(rest) <= MOST_BELOW and all(_is_note(line.text) for line in rest):
        return len(lines)
    end = at
    while end < len(lines) and lines[end].blank:
        end += 1
    return at if end < len(lines) else len(lines)


_EXCUSE = re.compile(r"excuse|sorry|beknoptheid|brevity|typ(?:e|fouten|os)|kürze|concision", re.I)


def _is_note(text: str) -> bool:
    text = visible(text)
    return bool(_EXCUSE.search(text)) or (len(text) <= 60 and not text.endswith((".", "!", "?")))
