"""Find what could identify people in Dutch case descriptions: text in, spans out.

A pure library: it imports nothing else of `cop`, reads no configuration and keeps nothing.

    find(text)                 every span, with label, confidence and reason
    quick_check(text, known)   the quiet check for ordinary posts
    explain(span)              why, in English; callers translate by `span.reason`
    language(text)             'nl', 'en' or 'other': a hint that the finder knows a text less well
"""

from __future__ import annotations

from .finder import find
from .language import language
from .quick import quick_check
from .spans import Label, Reason, Span, explain

__all__ = ["Label", "Reason", "Span", "explain", "find", "language", "quick_check"]
