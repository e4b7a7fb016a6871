"""Who may open which page of this room."""

ACCESS = {
    "incoming.mine": "member",
    "incoming.one": "guarded",
    "incoming.discard": "guarded",
    "incoming.cut": "guarded",
    "incoming.strangers": "member",
    "incoming.stranger": "guarded",
    "incoming.discard_stranger": "guarded",
    "incoming.log": "administrator",
}
