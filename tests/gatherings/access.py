"""Who may use which address of gatherings."""

GUARDED = """
    ask_date_in_space date_poll remind_of_date close_date_poll choose_date
    poll_guests take_back_guest add_dates who_can take_over_poll
    show file plan_in_space change cancel report take_over sign_up sign_off
""".split()

ACCESS = {
    "gatherings.index": "everyone",
    "gatherings.month": "everyone",
    "gatherings.plan": "member",
    "gatherings.ask_date": "member",
    "gatherings.own": "member",
    "gatherings.renew_feed": "member",
    "gatherings.end_feed": "member",
    "gatherings.feed": "link",
    "gatherings.guest": "link",
    "gatherings.guest_file": "link",
    **{f"gatherings.{name}": "guarded" for name in GUARDED},
}
