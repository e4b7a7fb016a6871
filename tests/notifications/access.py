"""Who may use which address."""

ACCESS = {
    "notifications.index": "member",
    "notifications.follow": "guarded",
    "notifications.all_read": "member",
}
