"""`cop mail`: mail that comes in.

What a command needs is imported when it runs: `reply-text` needs neither settings nor database.
"""

import imaplib
import sys

import click

TEMPFAIL = 75  # sysexits.h


@click.group()
def mail() -> None:
    """Take in mail, and look at what a mail says."""


@mail.command(name="reply-text")
def reply_text() -> None:
    """Print the new words of the message on standard input.

    Only what its writer wrote: without quotations, the line that says who is quoted, and the
    signature. UTF-8, whatever the message's own; nothing when there is nothing new. Needs neither
    settings nor a database.
    """
    from cop.platform.mail.reply_text import read

    new = read(sys.stdin.buffer.read()).new
    if new:
        sys.stdout.buffer.write(new.encode() + b"\n")
        sys.stdout.buffer.flush()


@mail.command()
@click.option("--from", "sender", help="The envelope's sender; empty for a bounce.")
@click.argument("recipients", metavar="[ADDRESS]…", nargs=-1)
def receive(sender: str | None, recipients: tuple[str, ...]) -> None:
    """Take in the message on standard input, for each ADDRESS.

    For a mail server's pipe. Without ADDRESS the message's own headers say to whom it was
    delivered. Ends as sysexits.h says: 0 taken in (whatever became of it), 67 no such address, 69
    too large, 75 try again later. Also when the settings are wrong or something is missing it ends
    with 75: mail servers give a message back to its sender for any other failure.
    """
    try:
        from cop import create_app
        from cop.config import ConfigError
        from cop.incoming.delivering import deliver
        from cop.incoming.envelope import LARGEST
        from cop.platform import clock
    except ImportError as error:  # an update that stopped half-way
        click.echo(f"cop: try again later: {error.name} is missing", err=True)
        sys.exit(TEMPFAIL)
    raw = sys.stdin.buffer.read(LARGEST + 1)
    try:
        with create_app().app_context():
            code = deliver(raw, list(recipients), sender, clock.now())
    except ConfigError as error:
        click.echo(f"cop: {error}", err=True)
        code = TEMPFAIL
    except Exception as error:
        click.echo(f"cop: try again later: {type(error).__name__}", err=True)
        code = TEMPFAIL
    if code:
        sys.exit(code)


@mail.command()
@click.option("--listen", default="127.0.0.1:8024", show_default=True, metavar="HOST:PORT")
@click.option("--socket", "path", type=click.Path(), help="A Unix socket instead of a port.")
def lmtp(listen: str, path: str | None) -> None:
    """Take in mail by LMTP, until it is stopped.

    For Postfix and Exim: each recipient gets an answer of its own. Messages are worked on side by
    side, so that a slow one keeps nobody waiting.
    """
    from cop import create_app
    from cop.incoming.lmtp import serve

    serve(create_app(), listen, path)


@mail.command()
@click.option("--once", is_flag=True, help="Look once and end.")
@click.option("--every", default=60, show_default=True, help="Seconds between two looks.")
def poll(once: bool, every: int) -> None:
    """Fetch mail from the mailbox of COP_IMAP_URL.

    What was taken in is marked as seen, and moved when the setting names a folder. A message is
    never taken in twice, also when this is stopped half-way or runs twice.
    """
    from cop import create_app
    from cop.incoming.polling import look, run
    from cop.platform.web import settings

    app = create_app()
    with app.app_context():
        where = settings().imap
        if where is None:
            raise click.ClickException("COP_IMAP_URL is not set")
        if once:
            try:
                found = look(where)
            except (OSError, imaplib.IMAP4.error) as error:
                raise click.ClickException(
                    f"the mailbox of COP_IMAP_URL cannot be opened ({type(error).__name__})"
                ) from None
            click.echo(f"{found.taken} taken in, {found.left} left for a later try")
            return
        run(where, max(5, every))
