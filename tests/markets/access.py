"""Who may use which address of markets."""

GUARDED = """
    market change cancel take_part sign_off entry withdraw second wish
    match decide stall_list lay_out change_stall merge plan make_plan bring_out put
    open_doors come_in go_home on_floor walk follow ask_help turn_round give_time announce_to_all
    close_doors people act_on tend host_as_well step_down contact_list ask_contact answer_contact
    my_stall stall_sign say ask_at_stall tend_question turns write_note leave_link leave_file
    said_before take_back report
    hosts take_over
    of_gathering programme own_paper papers all_programmes signs
""".split()

AFTER = """
    harvest ready write talk talk_of_asks own take_along say_what_came look_back own_ask bring_ask
""".split()

ACCESS = {
    "markets.index": "member",
    "markets.announce": "member",
    **{f"markets.{name}": "guarded" for name in GUARDED},
    "markets_after.own_file": "member",
    **{f"markets_after.{name}": "guarded" for name in AFTER},
}
