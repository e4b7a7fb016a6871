"""Who may use which address of groups."""

GUARDED = """
    show edit rules members archive reopen facilitator answer_facilitating offer answer_offer
    take_back_question stop_facilitating plan_dates ask_date show_date confirm_date move_date
    cancel_date presence_of_date certificate
    guest_facilitator take_back_guest relieve_facilitator
""".split()

ACCESS = {
    "groups.index": "member",
    "groups.start": "member",
    "groups.pool": "member",
    "groups.leave_pool": "member",
    "groups.own_presence": "member",
    "groups.own_csv": "member",
    "groups.own_json": "member",
    "groups.own_pdf": "member",
    "groups.guest_presence": "link",
    **{f"groups.{name}": "guarded" for name in GUARDED},
}
