"""Who may use which address."""

ACCESS = {
    f"administration.{name}": "administrator"
    for name in (
        "index",
        "site",
        "roles",
        "role",
        "organisations",
        "organisation",
        "retire_organisation",
        "themes",
        "theme",
        "retire_theme",
        "mail_test",
        "work",
        "retry_job",
        "drop_job",
        "retry_mail",
        "retry_mails",
    )
} | {"health.healthy": "everyone"}
