"""One thing made into another: what was yielded becomes something that lasts."""
