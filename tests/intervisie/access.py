"""Who may use the addresses of intervisie; see tests/test_access.py."""

ACCESS = {
    f"intervisie.{name}": "guarded"
    for name in (
        "activate",
        "ask",
        "choose",
        "go_on",
        "offer",
        "overview",
        "pass_on",
        "propose",
        "strike",
        "take_back",
        "undo",
        "vote",
    )
}
