"""Who may use which address."""

ACCESS = {
    "members.sign_in": "everyone",
    "members.sign_out": "member",
}
