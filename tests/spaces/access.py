"""Who may use which address of spaces and circles."""

ACCESS = {
    "spaces.index": "everyone",
    "spaces.start": "member",
    **{f"spaces.{name}": "guarded" for name in ("show", "edit", "archive", "reopen", "members")},
    **{
        f"circles.{name}": "guarded"
        for name in (
            "join",
            "take_back",
            "answer",
            "leave",
            "take_over",
            "invite",
            "withdraw",
            "invitation",
            "ask_to_coordinate",
            "unmake",
            "remove",
            "removal",
            "visibility",
            "pseudonyms",
        )
    },
}
