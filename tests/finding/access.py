"""Who may use which address."""

ACCESS = {"finding.search": "everyone"}
