"""Who may use which address of groups."""

GUARDED = """
    show edit rules members archive reopen facilitator answer_facilitating offer answer_offer
    take_back_question stop_facilitating plan_dates ask_date show_date confirm_date move_date
    cancel_date
""".split()

ACCESS = {
    "groups.index": "member",
    "groups.start": "member",
    "groups.pool": "member",
    "groups.leave_pool": "member",
    **{f"groups.{name}": "guarded" for name in GUARDED},
}
