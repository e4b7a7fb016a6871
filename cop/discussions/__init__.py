"""Discussion lists with their discussions and posts."""
