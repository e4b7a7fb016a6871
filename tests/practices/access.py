"""Who may use which address of practices."""

GUARDED = """
    show changes difference year print_view as_pdf reference
    start_in_space write write_section forget details publish audience named review take_back
    delete writers withdraw end_writing invitation stop take_over
    tell delete_experience use use_no_longer compare comparison delete_comparison
""".split()

ACCESS = {
    "practices.index": "everyone",
    "practices.start": "member",
    **{f"practices.{name}": "guarded" for name in GUARDED},
}
