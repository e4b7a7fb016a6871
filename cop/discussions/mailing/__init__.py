"""Lists by mail, going out: what members want, single messages, and what a digest tells."""
