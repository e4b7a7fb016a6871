"""Who may open which page of this room: everybody on this machine, outside production."""

ACCESS = {
    "mailbox.mails": "link",
    "mailbox.mail": "link",
    "mailbox.mail_html": "link",
}
