"""How a public practice is named elsewhere: for search engines and reference managers.

What stands here is on the public page as well: title, summary, themes, and the names of those who
chose that visitors see theirs; without such a name, the site is the author.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from cop.platform.i18n import DEFAULT_LANGUAGE
from cop.platform.mail.composing import absolute
from cop.practices.queries import Page

TYPES = {
    "ris": "application/x-research-info-systems",
    "bib": "application/x-bibtex",
    "json": "application/vnd.citationstyles.csl+json",
}
_BIBTEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "$": r"\$",
    "#": r"\#", "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """One practice as a reference. Days, not hours: that is how references are written."""

    number: int
    title: str
    summary: str
    authors: tuple[str, ...]
    site: str
    url: str
    published_at: datetime
    changed_at: datetime
    keywords: tuple[str, ...]
    language: str = DEFAULT_LANGUAGE


def reference(page: Page, site: str) -> Reference:
    """The reference of a published practice."""
    practice = page.practice
    assert practice.published_at is not None  # only what is published has a page to refer to
    return Reference(
        number=practice.id,
        title=practice.title,
        summary=practice.summary,
        authors=tuple(each.person.name for each in page.editors if each.named_to_visitors),
        site=site,
        url=absolute(f"/praktijken/{practice.id}"),
        published_at=practice.published_at,
        changed_at=practice.changed_at,
        keywords=tuple(theme.name for theme in page.themes),
    )


def meta(of: Reference) -> list[tuple[str, str, str]]:
    """(attribute, name, content) of the page's `<meta>`: Dublin Core, Highwire, Open Graph."""
    day = of.published_at.date().isoformat()
    by = of.authors or (of.site,)
    return [
        ("name", "description", _line(of.summary)),
        ("name", "DC.title", of.title),
        *(("name", "DC.creator", name) for name in by),
        ("name", "DC.publisher", of.site),
        ("name", "DC.date", day),
        ("name", "DCTERMS.modified", of.changed_at.date().isoformat()),
        ("name", "DC.description", _line(of.summary)),
        *(("name", "DC.subject", word) for word in of.keywords),
        ("name", "DC.type", "Text"),
        ("name", "DC.language", of.language),
        ("name", "DC.identifier", of.url),
        ("name", "citation_title", of.title),
        *(("name", "citation_author", name) for name in by),
        ("name", "citation_publication_date", day.replace("-", "/")),
        ("name", "citation_publisher", of.site),
        ("name", "citation_language", of.language),
        ("name", "citation_keywords", "; ".join(of.keywords)),
        ("name", "citation_public_url", of.url),
        ("property", "og:type", "article"),
        ("property", "og:title", of.title),
        ("property", "og:description", _line(of.summary)),
        ("property", "og:url", of.url),
        ("property", "og:site_name", of.site),
        ("property", "og:locale", "nl_NL"),
        ("property", "article:published_time", of.published_at.isoformat(timespec="seconds")),
        ("property", "article:modified_time", of.changed_at.isoformat(timespec="seconds")),
        *(("property", "article:tag", word) for word in of.keywords),
    ]


def json_ld(of: Reference) -> str:
    """The same for search engines, in the words of schema.org; safe within a `<script>` of data.

    A block of data is no script: the content security policy has nothing to say about it.
    """
    by = [{"@type": "Person", "name": name} for name in of.authors]
    site = {"@type": "Organization", "name": of.site}
    said = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": of.url,
        "url": of.url,
        "headline": of.title,
        "description": _line(of.summary),
        "author": by or [site],
        "publisher": site,
        "datePublished": of.published_at.isoformat(timespec="seconds"),
        "dateModified": of.changed_at.isoformat(timespec="seconds"),
        "keywords": list(of.keywords),
        "inLanguage": of.language,
        "isAccessibleForFree": True,
    }
    text = json.dumps(said, ensure_ascii=False)
    for sign in "<>&":  # nothing in it ends the block
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _line(text: str) -> str:
    return " ".join(text.split())


def ris(of: Reference) -> str:
    """RIS: one tag a line, each line ended as the format wants it."""
    lines = [
        ("TY", "ELEC"),
        ("TI", of.title),
        *(("AU", _last_first(name)) for name in of.authors),
        *([("AU", f"{of.site},")] if not of.authors else []),
        ("PB", of.site),
        ("PY", str(of.published_at.year)),
        ("DA", of.published_at.strftime("%Y/%m/%d")),
        ("AB", _line(of.summary)),
        *(("KW", word) for word in of.keywords),
        ("LA", of.language),
        ("UR", of.url),
        ("ID", f"praktijk{of.number}"),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {_line(value)}\r\n" for tag, value in lines)


def bibtex(of: Reference) -> str:
    """BibTeX, with the signs that mean something to it written out."""
    by = " and ".join(f"{{{_bib(name)}}}" for name in of.authors or (of.site,))
    fields = {
        "title": f"{{{_bib(of.title)}}}",
        "author": by,
        "year": str(of.published_at.year),
        "month": str(of.published_at.month),
        "publisher": _bib(of.site),
        "abstract": _bib(_line(of.summary)),
        "keywords": _bib(", ".join(of.keywords)),
        "language": of.language,
        "url": of.url,
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{praktijk{of.number},\n{body}\n}}\n"


def csl(of: Reference) -> str:
    """CSL-JSON, as Zotero and pandoc read it."""
    day = of.published_at
    item = {
        "id": f"praktijk{of.number}",
        "type": "webpage",
        "title": of.title,
        "author": [{"literal": name} for name in of.authors or (of.site,)],
        "container-title": of.site,
        "publisher": of.site,
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "abstract": _line(of.summary),
        "keyword": ", ".join(of.keywords),
        "language": of.language,
        "URL": of.url,
    }
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


WRITERS = {"ris": ris, "bib": bibtex, "json": csl}


def _last_first(name: str) -> str:
    """'Vries, Anna de' is not for a program to guess: a name that is one word or more stands whole.

    RIS wants a comma; one after the whole name says that it is not to be taken apart.
    """
    return f"{name},"


def _bib(text: str) -> str:
    return re.sub(r"[\\{}%&$#_~^]", lambda m: _BIBTEX[m[0]], _line(text))
