"""The development mailbox: mails that would have gone out, shown on this machine only."""
