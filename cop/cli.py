"""The `cop` command: what an administrator does.

Each subcommand is loaded only when it is called, so that the ones that need no database (such as
`cop deidentify`) start fast and need no settings.
"""

import importlib
import os
import sys
import traceback

import click

from cop.config import ConfigError
from cop.platform.errors import NotFound, Refused

# command → (module, attribute)
COMMANDS = {
    "cases": ("cop.cases.commands", "cases"),
    "check": ("cop.administration.commands", "check"),
    "deidentify": ("cop.deidentify.cli", "deidentify"),
    "db": ("cop.administration.commands", "database"),
    "digest": ("cop.notifications.commands", "digest"),
    "demo": ("cop.demo.commands", "demo"),
    "import": ("cop.discussions.commands", "import_"),
    "mail": ("cop.incoming.commands", "mail"),
    "members": ("cop.members.commands", "members"),
    "search": ("cop.finding.commands", "search"),
    "serve": ("cop.administration.serving", "serve"),
    "worker": ("cop.administration.serving", "worker"),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def cop() -> None:
    """Run and look after the community's platform."""


def main() -> None:
    """Run a command; what goes wrong is one clear line on standard error and a non-zero exit."""
    try:
        cop.main(standalone_mode=False)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:  # not a mistake: asked what there is
        click.echo(error.format_message(), err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        click.echo(f"cop: {error.format_message()}", err=True)
        sys.exit(error.exit_code)
    except ConfigError as error:
        click.echo(f"cop: {error}", err=True)
        sys.exit(78)  # EX_CONFIG of sysexits.h
    except Refused as error:
        click.echo(f"cop: {error.message}", err=True)
        sys.exit(1)
    except NotFound:
        click.echo("cop: not found", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:  # `cop … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("COP_LOG_LEVEL") == "DEBUG":
            raise
        click.echo(f"cop: {_unexpected(error)}", err=True)
        sys.exit(70)  # EX_SOFTWARE


def _unexpected(error: Exception) -> str:
    """The kind and place of a failure that nobody foresaw, without the values in it."""
    here = os.path.dirname(__file__)
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(here)]
    place = f" at {os.path.basename(ours[-1].filename)}:{ours[-1].lineno}" if ours else ""
    advice = "COP_LOG_LEVEL=DEBUG shows all of it"
    if "sqlalchemy" in type(error).__module__:
        advice = f"is it reachable and up to date? `cop check` looks; {advice}"
        return f"the database failed: {type(error).__name__}{place}; {advice}"
    return f"unexpected failure: {type(error).__name__}{place}; {advice}"


if __name__ == "__main__":
    main()
