"""Who may use which address of markets."""

GUARDED = """
    market change cancel take_part sign_off entry withdraw second wish
    match decide stall_list lay_out change_stall merge plan make_plan bring_out put
    of_gathering programme own_paper papers all_programmes signs
""".split()

ACCESS = {
    "markets.index": "member",
    "markets.announce": "member",
    **{f"markets.{name}": "guarded" for name in GUARDED},
}
