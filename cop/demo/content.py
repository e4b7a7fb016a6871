"""Reads the texts of the demo community from the TOML files beside this module."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "content"


@cache
def read(name: str) -> dict[str, Any]:
    """One file, `name` without its ending."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def discussions() -> list[dict[str, Any]]:
    """Every discussion, in the order of their file names."""
    return [
        tomllib.loads(path.read_text(encoding="utf-8"))
        for path in sorted((FOLDER / "discussions").glob("*.toml"))
    ]
