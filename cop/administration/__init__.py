"""The administrator's side: settings pages, checks, serving."""
