"""Who may make one thing into another."""

ACCESS = {"harvest.make": "guarded"}
