"""Who may use which address of taking everything along."""

ACCESS = {f"privacy.{name}": "member" for name in ("mine", "ask", "remove")} | {
    "privacy.fetch": "guarded",  # there has to be something to fetch
}
