"""Who may use which address."""

ACCESS = {
    "finding.search": "everyone",
    "finding.own_interests": "member",
    "finding.add_interest": "member",
    "finding.remove_interest": "guarded",
    "finding.choose_where": "guarded",
    "finding.choose_channels": "member",
    "finding.search_again": "guarded",
    "finding.akin": "guarded",
    "finding.same_words": "administrator",
}
