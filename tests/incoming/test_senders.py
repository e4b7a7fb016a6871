"""Whose mail it is, with the headers that mail programs and servers really write."""

import pytest

from cop.incoming.delivering import deliver
from cop.incoming.models import Outcome
from cop.platform import clock
from cop.platform.mail.addresses import addresses
from tests.incoming.mails import SERVER, come_in, last, mail, of_member, posts, reply_to, what
from tests.platform.reply_text.test_reply_text import HERE as SAMPLES
from tests.platform.reply_text.test_reply_text import wanted

# What each program or its server puts beside From, To and Subject in a letter of a person.
HEADERS = {
    "proton-nl": "Feedback-ID: 71233421:user:proton\nX-Pm-Message-ID: 6a1f0c2b9d\n",
    "gmail-web-nl-boven": (
        "X-Google-Smtp-Source: AGHT+IFb1\nX-Gm-Message-State: AOJu0YzQ\nX-Received: by 2002:a17;\n"
        "X-Gm-Gg: ASbGnct1\n"
    ),
    "outlook-web-nl": (
        "Thread-Topic: [Herstel] Nazorg\nThread-Index: AQHaFbXk==\nAccept-Language: nl-NL\n"
        "X-MS-Has-Attach:\nX-MS-TNEF-Correlator:\nmsip_labels:\nx-ms-publictraffictype: Email\n"
        "X-MS-Exchange-Transport-CrossTenantHeadersStamped: AS8PR\nX-OriginatorOrg: outlook.com\n"
        "x-ms-exchange-messagesentrepresentingtype: 1\n"
    ),
    "outlook-desktop-nl": (
        "X-Mailer: Microsoft Outlook 16.0\nThread-Index: AQHaFbXk==\nX-MS-Has-Attach: yes\n"
        "Importance: Normal\nX-Priority: 3 (Normal)\nX-MSMail-Priority: Normal\n"
    ),
    "outlook-android-nl": "X-MS-Exchange-MessageSentRepresentingType: 1\nmsip_labels:\n",
    "apple-mail-nl": (
        "X-Mailer: Apple Mail (2.3774.300.61.1.2)\n"
        "X-Universally-Unique-Identifier: 8E1D\nX-Proofpoint-GUID: x1\n"
    ),
    "iphone-nl": "X-Mailer: iPhone Mail (20H30)\nX-Apple-Action: FORWARD\n",
    "thunderbird-nl-onder": "User-Agent: Mozilla Thunderbird\nContent-Language: nl\nAutocrypt: x\n",
    "samsung-nl": "X-Mailer: Samsung Email\nImportance: normal\n",
    "k9-nl": "User-Agent: K-9 Mail for Android\n",
    "yahoo-nl": (
        "X-Mailer: WebService/1.1.22876 YahooMailIosMobile\nX-YMail-OSG: abc\n"
        "X-Sonic-MF: <x@yahoo.com>\n"
    ),
    "gmx-de": "X-UI-Sender-Class: 01bb95c1\nX-Provags-ID: V03:K1\nSensitivity: Normal\n",
    "roundcube-nl": "User-Agent: Roundcube Webmail/1.6.5\nX-Sender: x@voorbeeld.example.org\n",
    "ziggo-webmail-nl": "X-Mailer: Open-Xchange Mailer v8.20\nX-Originating-Client: appsuite\n",
}


def test_letters_of_every_program_are_placed(scene):
    """None of the headers that programs write for people makes a letter a machine's."""
    to = reply_to(scene.member, scene.discussion)
    for name, more in HEADERS.items():
        path = SAMPLES / "known" / f"{name}.eml"
        head, _, body = path.read_bytes().partition(b"\n\n")
        kept = head[head.index(b"MIME-Version") :] if b"MIME-Version" in head else b""
        raw = of_member(scene.member, to, id=name, more=more, body=kept + b"\n\n" + body)
        assert come_in(raw, to) == Outcome.POSTED, name
        assert posts()[-1].source == wanted(path).strip(), name


SIGNED = "DKIM-Signature: v=1; a=rsa-sha256; d={d}; s=k1;\n\th={h};\n\tbh=x; b=y\n"
DKIM = "Authentication-Results: " + SERVER + "; dkim=pass header.d=voorbeeld.example.org\n"
BOTH = DKIM.rstrip() + ";\n\tspf=pass smtp.mailfrom=voorbeeld.example.org\n"
OURS = "voorbeeld.example.org"
FULL = SIGNED.format(d=OURS, h="from:to:cc:subject")
BARE = SIGNED.format(d=OURS, h="From:Date:Subject:Message-ID")  # as Outlook signs
OTHER = SIGNED.format(d="lijst.example.com", h="from")

# (what vouches, signatures, To, more headers, placed at once)
WAYS_HERE = [
    (DKIM, "", "{me}", "", True),
    (DKIM, FULL, "Herstel <{ME}>", "", True),
    (DKIM, FULL, "pieter@elders.example.net", "Cc: x@example.org, <{me}>\n", True),
    (DKIM, FULL + OTHER, "{me}", "", True),
    (BOTH, BARE, "{me}", "", True),
    (DKIM, FULL, "pieter@elders.example.net", "", False),
    (BOTH, FULL, "pieter@elders.example.net", "", False),  # a hidden copy, or passed on
    (DKIM, FULL, "pieter@elders.example.net", "To: {me}\n", False),
    (DKIM, FULL, "{me}", "Cc: a@example.org\nCc: b@example.org\n", False),
    (DKIM, BARE, "{me}", "", False),  # anybody could have written the header anew
    (DKIM, BARE + FULL, "{me}", "", False),  # nor does a signature help that proves nothing
    (DKIM, SIGNED.format(d=OURS, h="from:to"), "a@b.example", "Cc: {me}\n", False),
    (DKIM, FULL, "pieter@elders.example.net", "Resent-To: {me}\nX-To: {me}\n", False),
]


def test_what_a_member_sent_to_somebody_else_waits_when_it_is_passed_on(scene):
    """A signature holds wherever a mail is brought: whoever got it must not speak with it."""
    for start in (False, True):
        me = reply_to(scene.member, scene.discussion)
        if start:
            me = addresses().to_start(scene.member.id, scene.list.id)
        for n, (proven, signed, to, more, placed) in enumerate(WAYS_HERE):
            to, more = (text.format(me=me, ME=me.upper()) for text in (to, more))
            raw = mail(
                scene.member.email, to, f"Dag {n}", id=f"p{start}{n}", proven=proven,
                more=signed + more,
            )  # fmt: skip
            outcome = come_in(raw, me)
            assert outcome == (Outcome.POSTED if placed else Outcome.WAITS_SENDER), (n, to, more)
            assert last().reason == ("" if placed else "passed_on"), n


SPF = f"Authentication-Results: {SERVER}; spf=pass smtp.mailfrom=voorbeeld.example.org\n"
NO_DKIM = f"Authentication-Results: {SERVER}; dkim=none\n"
NO_SPF = f"Authentication-Results: {SERVER}; spf=softfail smtp.mailfrom=elders.example.net\n"


@pytest.mark.parametrize(
    ("head", "proven"),
    [
        (NO_DKIM + SPF, True),  # one program looks at signatures, another at who connects
        (NO_SPF + "Received-SPF: softfail\nDKIM-Filter: x\n" + DKIM, True),
        (NO_DKIM + DKIM, False),  # the first that speaks of a method decides about it
        (f"Authentication-Results: {SERVER}; none\n" + SPF, False),
        (NO_DKIM + "X-Spam: no\n" + SPF, False),  # not of one run: anybody may have written it
        (NO_DKIM + "Received: from a by b; x\n" + SPF, False),
        (NO_DKIM + f"Authentication-Results: kwaad.example.com; x=y\n{SPF}", False),
    ],
)
def test_findings_in_several_headers_of_the_own_server_are_one(scene, head, proven):
    to = reply_to(scene.member, scene.discussion)
    assert come_in(mail(scene.member.email, to, proven=head), to) == (
        Outcome.POSTED if proven else Outcome.WAITS_SENDER
    )


def test_a_note_of_delivery_to_the_mailbox_itself_hides_no_address(scene):
    """Servers note the mailbox; then To and Cc say for whom it is. None of ours: a record."""
    to, now = reply_to(scene.member, scene.discussion), clock.now()
    noted = "Delivered-To: postbus@lijsten.example.org\nX-Original-To: postbus\n"
    assert deliver(of_member(scene.member, to, more=noted), [], None, now) == 0
    assert what() == ("answer", "posted", "")
    assert deliver(mail(to="x@elders.example.net", more=noted, id="n"), [], None, now) == 67
    assert what() == ("none", "refused", "unknown_address")
