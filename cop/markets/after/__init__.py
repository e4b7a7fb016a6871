"""After a market: what it yielded, what stays open, and what each takes along."""
