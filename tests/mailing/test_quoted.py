"""Answers between the words of our own mails: what stood there for one reader stays theirs."""

import re
from datetime import timedelta
from textwrap import indent

import pytest
from sqlalchemy import select, update

from cop.discussions.models import ListChoice
from cop.incoming import own_links
from cop.incoming.models import CutText
from cop.members import mail_links
from cop.notifications.models import MailPreference, Rhythm
from cop.platform import clock
from cop.platform.db import reading, unit_of_work
from cop.platform.mail.addresses import addresses
from cop.platform.mail.reading.parts import Words
from cop.platform.mail.reply_text.choosing import of_words
from tests.incoming.mails import believe, come_in, of_member, posts
from tests.mailing.helping import a_bit_later, html_of, start, text_of, wants

OWN = re.compile(r"/mail/|\b[rb]-[a-z2-7]{42}|localhost/ik")
RED = "Daar ben ik het mee eens."


@pytest.fixture
def trusted(app):
    before = app.config["SETTINGS"]
    believe(app)
    yield
    app.config["SETTINGS"] = before


def between(text, after):
    """Quoted as programs do, with an answer below the words, and one below everything."""
    quoted = indent(text, "> ", lambda _line: True)
    at = quoted.index("\n", quoted.index(after)) + 1
    return f"{quoted[:at]}\n{RED}\n\n{quoted[at:]}\n\nGroet, Marieke\n"


def as_html(mail):
    """The same of the HTML, in an answer that says it in HTML alone."""
    body, cite = html_of(mail), '<blockquote type="cite">'
    at = body.index("</p>", body.index("raad.")) + 4
    return f"{cite}{body[:at]}</blockquote><p>{RED}</p>{cite}{body[at:]}</blockquote><p>Groet</p>"


def test_no_link_of_the_reader_and_no_address_of_theirs_is_placed(make, deliver, trusted):
    on = make.list(name="Koffiehoek")
    reader, other = (make.member(email=f"{n}@voorbeeld.example.org") for n in ("lies", "omar"))
    wants(make, reader, on)
    wants(make, other, on, Rhythm.DAILY)
    ago = clock.now() - timedelta(days=1)
    with unit_of_work() as session:
        session.execute(update(ListChoice).values(told_until=ago))
        session.execute(update(MailPreference).values(daily_until=ago, next_at=clock.now()))
    start(make, make.member(), on, text="Ik zoek raad.")
    single = deliver()[reader.email]
    with unit_of_work() as session:
        session.execute(update(MailPreference).values(daily_until=ago, next_at=clock.now()))
    with a_bit_later(minutes=5):
        digest = deliver()[other.email]
    made = posts()[0].discussion_id
    for n, (member, mail) in enumerate(((reader, single), (other, digest))):
        to = addresses().to_discussion(member.id, made)
        html = b"Content-Type: text/html; charset=utf-8\n\n" + as_html(mail).encode()
        for body in (None, html):
            text = between(text_of(mail), "raad")
            assert OWN.search(text)
            come_in(of_member(member, to, text, id=f"q{n}{body is None}", body=body), to)
            post = posts()[-1]
            assert RED in post.source
            assert "raad" in post.source  # what is answered stays
            assert OWN.search(post.source) is None, post.source
            with reading() as session:
                cut = session.scalar(select(CutText.text).where(CutText.post_id == post.id))
            if body is None:
                assert OWN.search(cut)
                kept = re.findall(r"[^\s>]+", f"{post.source}\n{cut}")
                assert sorted(kept) == sorted(re.findall(r"[^\s>]+", text))


def test_lines_with_something_of_the_readers_own_go(make, app):
    member = make.member()
    token = mail_links.token(member.id, mail_links.MailAbout.LIST, 1)
    for address in (
        f"https://localhost/mail/keuzes/{token}",
        f"https://localhost/mail/afmelden/{token}",
        f"https://eur01.safelinks.example.com/?url=https%3A%2F%2Flocalhost%2Fmail%2Fafmelden%2F{token}",
        addresses().to_start(member.id, 1).upper(),
        f"mailto:{addresses().to_discussion(member.id, 1)}?subject=Re%3A%20iets",
        addresses().envelope(member.email, 3, member.id),
    ):
        text = f"Een.\n> Twee: <{address}>.\nDrie."
        assert own_links.without(text) == ("Een.\nDrie.", f"> Twee: <{address}>."), address
    for text in ("Zie https://localhost/mail/uitleg", "Mail koffie@localhost of a@example.org", ""):
        assert own_links.without(text) == (text, "")


def test_what_stands_under_a_quoted_mail_goes_and_what_is_quoted_below_stays():
    said = of_words(
        [
            Words(
                "> > Ouder\n> > -- \n> > Jan\n> Vraag?\n\nAntwoord.\n\n> Meer?\n> --\n> Piet\n\nJa."
            )
        ]
    )
    assert said.new == ">> Ouder\n\n> Vraag?\n\nAntwoord.\n\n> Meer?\n\nJa."
    assert said.cut == ">> --\n>> Jan\n\n> --\n> Piet"
