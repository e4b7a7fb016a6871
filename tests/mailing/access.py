"""Who may open which page of this room."""

ACCESS = {
    "mailing.own": "member",
    "mailing.by_link": "link",
    "mailing.stop": "link",
    "mailing.to_post": "member",
    "mailing.to_discussion": "member",
    "mailing.to_file": "member",
    "mailing.explained": "everyone",
}
