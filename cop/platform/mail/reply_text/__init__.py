"""What somebody wrote in a mail: without what it quotes, who was quoted, and a signature.

``read`` gives both halves of a mail, new and cut; every word of it is in one of the two. Which is
which follows from how mails are built, in this order: the elements that mail programs put around
what they quote (`html_lines`), the marks and the heads that stand before a quotation in any
language (`lead`), and where signatures begin (`signature`). `deciding` puts these together.
"""

from cop.platform.mail.reply_text.choosing import Reply, read

__all__ = ["Reply", "read"]
