"""Who may use which address of spaces, circles and files."""

SPACES = """
    show edit archive reopen members
    entries add_entry entry change_entry delete_entry
    files add_file delete_file
    add_measure measure measure_csv change_measure delete_measure delete_value
""".split()

CIRCLES = """
    join take_back answer leave take_over invite withdraw invitation
    ask_to_coordinate unmake remove removal visibility pseudonyms
""".split()

ACCESS = {
    "spaces.index": "everyone",
    "spaces.start": "member",
    "files.serve": "guarded",
    **{f"spaces.{name}": "guarded" for name in SPACES},
    **{f"circles.{name}": "guarded" for name in CIRCLES},
}
