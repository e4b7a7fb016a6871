"""Who may use which address of taking everything along."""

ACCESS = {f"privacy.{name}": "member" for name in ("mine", "ask", "fetch", "remove")}
