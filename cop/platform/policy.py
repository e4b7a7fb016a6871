"""Permissions: the mechanism. Each capability keeps one table of its own.

A predicate takes the actor and gives an SQL condition on the capability's model. The table says
which predicates grant a permission (any one is enough). Since a predicate exists in this one form
only, the rows that a list shows and the answer to 'may I?' for one row cannot disagree.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, bindparam, false, or_, select, true
from sqlalchemy.orm import Session

from cop.platform.errors import NotFound


class Asker(Protocol):
    """Who asks, as far as a policy must know them; equal kinds get equal conditions."""

    @property
    def left_open(self) -> Any:
        """The same kind of asker, hashable, with who they are left to parameters."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What fills these parameters."""


A = TypeVar("A", bound=Asker)
M = TypeVar("M")

Predicate: TypeAlias = Callable[[A], ColumnElement[bool]]


class Policy(Generic[A, M]):
    """One capability's table: permission → the predicates that grant it.

    Args:
        model: the mapped class the predicates speak of; must have an ``id``.
        table: every permission of the capability, each with its predicates.
    """

    def __init__(self, model: type[M], table: Mapping[StrEnum, tuple[Predicate[A], ...]]) -> None:
        self.model = model
        self.table = table
        # Building a statement costs more than running it: one for each kind of asker.
        self._rows: dict[tuple[Any, StrEnum], Select[M]] = {}
        self._rows_for_change: dict[tuple[Any, StrEnum], Select[M]] = {}
        self._columns: dict[Any, list[ColumnElement[bool]]] = {}
        self._held: dict[Any, Any] = {}

    def clause(self, actor: A, permission: StrEnum) -> ColumnElement[bool]:
        """The condition under which the actor holds the permission; false when nobody does."""
        return or_(false(), *(predicate(actor) for predicate in self.table[permission]))

    def scope(self, actor: A, permission: StrEnum) -> Select[M]:
        """A select of the rows on which the actor holds the permission."""
        return select(self.model).where(self.clause(actor, permission))

    def get(self, session: Session, actor: A, permission: StrEnum, id: int) -> M:
        """The row, if the actor holds the permission on it.

        Raises:
            NotFound: it does not exist or the actor may not; the two look the same.
        """
        kind = (actor.left_open, permission)
        if kind not in self._rows:
            self._rows[kind] = self.scope(*kind).where(_id(self.model) == bindparam("row_id"))
        found = session.scalar(self._rows[kind], {"row_id": id} | actor.parameters)
        if found is None:
            raise NotFound
        return found

    def get_for_change(self, session: Session, actor: A, permission: StrEnum, id: int) -> M:
        """The same as it stands now, held: whoever changes it comes one after another.

        Raises:
            NotFound: as `get`, or somebody just took the permission away.
        """
        self.get(session, actor, permission, id)
        kind = (actor.left_open, permission)
        if kind not in self._rows_for_change:
            self._rows_for_change[kind] = (
                self.scope(*kind)
                .where(_id(self.model) == bindparam("row_id"))
                .with_for_update(of=self.model)
                .execution_options(populate_existing=True)
            )
        found = session.scalar(self._rows_for_change[kind], {"row_id": id} | actor.parameters)
        if found is None:
            raise NotFound
        return found

    def held(self, session: Session, actor: A, id: int) -> frozenset[StrEnum]:
        """Every permission the actor holds on one row, asked in one query."""
        kind = actor.left_open
        if kind not in self._held:
            columns = self.columns(kind)
            self._held[kind] = select(*columns).where(_id(self.model) == bindparam("row_id"))
        asked = {"row_id": id} | actor.parameters
        row = session.execute(self._held[kind], asked).one_or_none()
        return self.from_row(row) if row is not None else frozenset()

    def columns(self, actor: A) -> list[ColumnElement[bool]]:
        """One labelled column per permission, to be read back with `from_row`.

        Who asks is left open in them: the statement is run with `actor.parameters`.
        """
        kind = actor.left_open
        if kind not in self._columns:
            self._columns[kind] = [
                self.clause(kind, permission).label(f"may_{permission.value}")
                for permission in self.table
            ]
        return self._columns[kind]

    def from_row(self, row: Any) -> frozenset[StrEnum]:
        """The permissions held according to a row that includes `columns`."""
        mapping = row._mapping
        return frozenset(p for p in self.table if mapping[f"may_{p.value}"])


def _id(model: Any) -> Any:
    return model.id


def always(_actor: object) -> ColumnElement[bool]:
    """Everybody, visitors included."""
    return true()


def among(column: Any, values: Iterable[Any]) -> ColumnElement[bool]:
    """The column is one of a few values; false for none, so that an empty set widens nothing.

    Written as equalities: an `IN` is expanded anew at every execution, which takes longer than
    the comparison itself.
    """
    return or_(false(), *(column == value for value in values))
