"""Who may use the addresses of sessions; see tests/test_access.py."""

ACCESS = {
    "sessions.done_as_guest": "link",
    "sessions.lead_as_guest": "link",
    "sessions.all_methods": "member",
    "sessions.method": "member",
    "sessions.own_words_file": "member",
    **{
        f"sessions.{name}": "guarded"
        for name in (
            "change_entry",
            "choose_method",
            "close",
            "come_in",
            "contribute",
            "edit_method",
            "evaluate",
            "floor",
            "hand",
            "leave",
            "note",
            "own_methods_of",
            "people",
            "prepare",
            "remove",
            "retire_method",
            "session",
            "start",
            "step",
            "strike_entry",
            "take_along",
            "take_over",
            "timer",
            "what_came",
        )
    },
}
