"""The audit trail."""

from sqlalchemy import text

from cop.platform import audit


def write(session, now, count=3):
    for n in range(count):
        audit.record(
            session, "site.changed", actor="member:1", subject=f"site:{n}", now=now, place=n
        )


def test_a_whole_trail_is_whole(session, now):
    write(session, now)
    session.expire_all()
    assert audit.first_broken(session) is None


def test_a_changed_entry_is_found(session, now):
    write(session, now)
    session.execute(text("UPDATE audit_entry SET actor = 'member:2' WHERE subject = 'site:1'"))
    session.expire_all()
    broken = session.get(audit.AuditEntry, audit.first_broken(session))
    assert broken.subject == "site:1"


def test_a_removed_entry_is_found(session, now):
    write(session, now)
    session.execute(text("DELETE FROM audit_entry WHERE subject = 'site:1'"))
    session.expire_all()
    broken = session.get(audit.AuditEntry, audit.first_broken(session))
    assert broken.subject == "site:2"
