"""`python -m bench [--only NAME] [--full]`: measure what was promised.

Each figure ends as one line on standard output; what is going on is told on standard error. Exits
1 when a figure is short or missing. A part is a module of this package with `GOALS` and
`measure(full)`, which yields (name, function that measures it) one after the other.
"""

import argparse
import importlib
import sys
import time
import traceback

from bench.figures import Goal

PARTS = ("community", "mail", "cases", "gatherings", "knowledge", "market")


def run(part: str, full: bool) -> bool:
    """Measure one part and print its lines in the order of its goals; whether all hold."""
    module = importlib.import_module(f"bench.{part}")
    goals: list[Goal] = module.GOALS
    values: dict[str, float] = {}
    began = time.monotonic()
    for name, figure in module.measure(full):
        try:
            values[name] = figure()
        except Exception:  # this one is missing; the others are still measured
            traceback.print_exc()
        print(f"  {name} done ({time.monotonic() - began:.0f} s)", file=sys.stderr)
    lines = [goal.line(values.get(goal.name)) for goal in goals]
    for line, _holds in lines:
        print(line, flush=True)
    return all(holds for _line, holds in lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Measure what was promised.")
    parser.add_argument("--only", choices=PARTS, help="one part")
    parser.add_argument("--full", action="store_true", help="longer runs")
    chosen = parser.parse_args()
    parts = [chosen.only] if chosen.only else PARTS
    held = [run(part, chosen.full) for part in parts]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
