"""Reports to moderators. They get the passage that the reporter encloses, never its place."""
