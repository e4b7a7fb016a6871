"""Who may use which address."""

ACCESS = {
    "today.home": "everyone",
    "today.quarter": "member",
    "today.house_rules": "everyone",
    "today.privacy": "everyone",
    "today.accessibility": "everyone",
}
