"""Who may use which address of the kenniskaart."""

GUARDED = """
    show add change_topic remove_topic suggestion full tend details ask_along answer_invitation stop
    answer_round ask_others close_round thank
""".split()

ACCESS = {
    "expertise.index": "everyone",
    "expertise.missing": "everyone",
    **{
        f"expertise.{name}": "member"
        for name in ("mine", "settings", "add_own", "start", "rounds", "ask_round")
    },
    **{f"expertise.{name}": "guarded" for name in GUARDED},
}
