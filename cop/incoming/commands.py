"""`cop mail`: mail that comes in.

What a command needs is imported when it runs: `reply-text` needs neither settings nor database.
"""

import sys

import click


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
