"""What `make run` prints once the site answers: where to open it and as whom to sign in."""

from cop.config import Settings
from cop.demo.commands import people_to_sign_in_as
from cop.members.first_run import first_run_url
from cop.platform.db import unit_of_work


def words(settings: Settings) -> str:
    """Needs an application context."""
    lines = ["", f"The site is open:  {settings.base_url}", ""]
    people = people_to_sign_in_as() if settings.demo_sign_in else []
    if people:
        width = max(len(name) for name, _hint in people)
        lines.append(f"Sign in with one press at {settings.base_url}/inloggen as")
        lines += [f"  {name:{width}}  {hint}".rstrip() for name, hint in people]
        lines.append("")
    with unit_of_work() as session:
        first = first_run_url(session)
    if first is not None:
        lines.append("Nobody is administrator yet. Whoever opens this address becomes the first:")
        lines += [f"  {first}", ""]
    lines.append("Ctrl-C stops it.")
    return "\n".join(lines)
