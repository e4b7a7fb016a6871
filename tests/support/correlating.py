"""Refuses statements whose EXISTS asks about any row of a table, where it means the outer one's.

SQLAlchemy ties a sub-select to the select right around it by itself, but not to one further out:
a table from there is then listed anew in the EXISTS, and 'the member facilitates this group'
becomes 'the member facilitates a group'. Nothing fails and nothing is warned about; so every
statement that a test runs is looked at once.
"""

import re
from typing import Any

_CLAUSES = re.compile(r"\b(WHERE|GROUP BY|ORDER BY|HAVING|LIMIT|UNION|EXCEPT|INTERSECT)\b")
_seen: set[str] = set()


def refuse_uncorrelated(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
    """For `before_cursor_execute`.

    Raises:
        AssertionError: an EXISTS lists a table that a select around it has as well; tie it with
            `correlate_except`, or alias the inner one where another row is meant.
    """
    if statement in _seen or "EXISTS (" not in statement:
        return
    again = listed_again(statement)
    assert not again, f"{', '.join(sorted(again))} stands in an EXISTS anew:\n{statement}"
    _seen.add(statement)


def listed_again(statement: str) -> set[str]:
    """The tables, by their own name, of an EXISTS that stand in a select around it too."""
    return _listed_again(_nested(re.sub(r"'[^']*'", "''", statement)), frozenset())


def _nested(text: str) -> list[Any]:
    """The text as [text, [inside of parentheses], text, …]."""
    root: list[Any] = []
    open_: list[list[Any]] = [root]
    for part in re.split(r"([()])", text):
        if part == "(":
            open_[-1].append(inner := [])
            open_.append(inner)
        elif part == ")":
            open_.pop()
        else:
            open_[-1].append(part)
    return root


def _listed_again(parts: list[Any], around: frozenset[str], is_exists: bool = False) -> set[str]:
    flat = " ".join(part if isinstance(part, str) else "()" for part in parts)
    own = _tables(flat)
    # 'FROM market WHERE market.id = stall.market_id' asks about one row, whichever is around.
    tied = {table for table in own if f"{table}.id = " in flat}
    found = set(own & around) - tied if is_exists else set()
    before = ""
    for part in parts:
        if isinstance(part, str):
            before = part
        else:
            exists = before.rstrip().endswith("EXISTS")
            found |= _listed_again(part, around | own, exists)
    return found


def _tables(flat: str) -> frozenset[str]:
    """The tables after FROM that have no alias."""
    _, listed, rest = flat.partition(" FROM ") if " FROM " in flat else flat.partition("\nFROM ")
    if not listed:
        return frozenset()
    pieces = re.split(r",|\bJOIN\b", _CLAUSES.split(rest)[0])
    named = (re.sub(r"\b(LEFT|FULL|OUTER)\b", "", re.split(r"\bON\b", p)[0]) for p in pieces)
    return frozenset(name.strip() for name in named if re.fullmatch(r"\s*\w+\s*", name))
