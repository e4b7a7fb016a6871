"""Who may use each address of discussions."""

ACCESS: dict[str, str] = {
    "discussions.index": "everyone",
    "discussions.all_read": "member",
    "discussions.list_page": "guarded",
    "discussions.list_read": "guarded",
    "discussions.start": "guarded",
    "discussions.discussion": "guarded",
    "discussions.news": "guarded",
    "discussions.answer": "guarded",
    "discussions.post": "guarded",
    "discussions.preview": "member",
    "discussions.save_draft": "guarded",
    "discussions.mentionable": "guarded",
    "discussions.thank": "guarded",
    "discussions.recognise": "guarded",
    "discussions.learn": "guarded",
    "discussions.follow": "guarded",
    "discussions.unfollow": "guarded",
    "discussions.mute": "guarded",
    "discussions.unmute": "guarded",
}
