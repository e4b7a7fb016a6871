"""Decorators for pages that only moderators or administrators have; others get 'not found'."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask_login import current_user, login_required

from cop.platform.errors import NotFound

P = ParamSpec("P")
R = TypeVar("R")


def moderators_only(view: Callable[P, R]) -> Callable[P, R]:
    """For moderators and administrators."""
    return _gate(view, "moderates")


def administrators_only(view: Callable[P, R]) -> Callable[P, R]:
    """For administrators."""
    return _gate(view, "administers")


def _gate(view: Callable[P, R], right: str) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not getattr(current_user.actor, right):
            raise NotFound
        return view(*args, **kwargs)

    found: Callable[P, R] = login_required(guarded)
    return found
