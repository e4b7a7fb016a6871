"""Who may use which address of contacts."""

ACCESS = {
    "contacts.index": "member",
    "contacts.ask": "member",
    "contacts.block": "member",
    **{
        f"contacts.{name}": "guarded"
        for name in ("answer", "withdraw", "conversation", "end", "report", "unblock")
    },
}
