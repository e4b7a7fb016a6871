"""Who may open the addresses of moderation."""

ACCESS = {
    "moderation.overview": "moderator",
    "moderation.decided": "moderator",
    "moderation.report": "guarded",
    "moderation.enclosed": "guarded",
    "moderation.take": "guarded",
    "moderation.release": "guarded",
    "moderation.reported": "guarded",
    "moderation.answer": "guarded",
    "moderation.decision": "guarded",
}
