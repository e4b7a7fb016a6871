"""The index: a row for each document (or part of one), with its terms.

`body` holds the terms line by line, for ranking and for phrases; `lexemes` holds each term once,
for the engine: on PostgreSQL a `tsvector` under a GIN index, on SQLite the text behind the FTS5
table `search_terms`, which triggers keep (see the migration). A row is never changed: it is
removed and written anew, so that a higher id was added to later.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Dialect, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from cop.platform.db import Base, UtcDateTime


def not_of_an_engine(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a comparison of models and database looks at it.

    What a search engine keeps for itself is made by the migration; no model describes it.
    """
    return not (name or "").startswith(("search_terms", "ix_search_entry_lexemes"))


class Lexemes(TypeDecorator[str]):
    """Terms parted by blanks, each once; on PostgreSQL a tsvector of exactly these."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        kind: Any = TSVECTOR() if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name == "sqlite":
            return value
        return " ".join(f"'{term}'" for term in value.split())


class SearchEntry(Base):
    """What the index knows of one document.

    Attributes:
        thing_id, part: names it within its kind.
        audience: `sources.Audience`; with `circle_id` it says who may find it.
        words: how many say something.
        body: a line each of number, author and terms, see `indexing.parts_of_line`.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "thing_id", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    thing_id: Mapped[int]
    part: Mapped[int]
    audience: Mapped[str] = mapped_column(String(8))
    circle_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    words: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    lexemes: Mapped[str] = mapped_column(Lexemes)


class SearchMade(Base):
    """By what the documents of a kind were made, and how far that is.

    Attributes:
        version: of the words and of the kind, see `indexing.version_of`.
        after: the last thing that is done; None when all are.
    """

    __tablename__ = "search_made"

    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    version: Mapped[str] = mapped_column(String(32))
    after: Mapped[int | None]


class Synonyms(Base):
    """Words that mean the same to who searches: 'ghb, gammahydroxyboterzuur, vloeibare xtc'."""

    __tablename__ = "search_synonyms"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(String(500))  # parted by commas
