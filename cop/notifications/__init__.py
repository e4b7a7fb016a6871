"""Who hears what: notifications on the site, read in one place."""
