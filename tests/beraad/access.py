"""Who may use the addresses of a beraad; see tests/test_access.py."""

ACCESS = {
    "beraad.index": "member",
    "beraad.starter_list": "member",
    "beraad.starter_page": "member",
    "beraad.dilemmas": "everyone",
    **{
        f"beraad.{name}": "guarded"
        for name in (
            "add_entry",
            "add_perspective",
            "approve",
            "audience",
            "board",
            "change_entry",
            "conclude",
            "dilemma",
            "leave_piece",
            "make_again",
            "make_piece_vaguer",
            "make_report",
            "open_weighings",
            "overview",
            "read_dilemma",
            "read_report",
            "readings",
            "remove_perspective",
            "report",
            "report_pdf",
            "rewrite_piece",
            "strike_entry",
            "strike_piece",
            "take_back_approval",
            "take_starter",
            "weigh",
            "weigh_at_table",
            "write_general",
        )
    },
}
