"""Who may use which address."""

ACCESS = {
    "static": "everyone",
}
