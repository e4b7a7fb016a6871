"""Mails that were signed or encrypted as one lump (S/MIME)."""

import base64
from datetime import UTC, datetime
from functools import cache

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import (
    PKCS7EnvelopeBuilder,
    PKCS7Options,
    PKCS7SignatureBuilder,
)
from cryptography.x509.oid import NameOID

from cop.platform.mail.reading.smime import is_encrypted, signed_content
from tests.incoming.mails import come_in, last, letters, mail, of_member, posts, reply_to, vouched

INNER = (
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + "Één antwoord.\r\n\r\nOp 3 mei 2026 om 10:12 schreef Jan <jan@example.org>:\r\n"
    "> Hoe doen jullie dat?\r\n".encode()
)
DATA, SIGNED = bytes.fromhex("06092a864886f70d010701"), bytes.fromhex("06092a864886f70d010702")


@cache
def certificate(key):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Marieke")])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), 1, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1)
    )
    return made.sign(key, hashes.SHA256())


def signed(inner=INNER):
    key = ec.generate_private_key(ec.SECP256R1())
    made = (
        PKCS7SignatureBuilder().set_data(inner).add_signer(certificate(key), key, hashes.SHA256())
    )
    return made.sign(Encoding.DER, [PKCS7Options.Binary])


def encrypted():
    key = rsa.generate_private_key(65537, 2048)
    made = PKCS7EnvelopeBuilder().set_data(INNER).add_recipient(certificate(key))
    return made.encrypt(Encoding.DER, [PKCS7Options.Binary])


def in_pieces():
    """As programs write it that sign while they send: lengths are not told, the text is cut."""

    def open_ended(tag, *inner):
        return bytes([tag, 0x80]) + b"".join(inner) + b"\0\0"

    text = [b"\x04" + bytes([len(p)]) + p for p in (INNER[:60], INNER[60:160], INNER[160:])]
    content = open_ended(0x30, DATA, open_ended(0xA0, open_ended(0x24, *text)))
    head = b"\x02\x01\x01" + b"\x31\x00"
    return open_ended(0x30, SIGNED, open_ended(0xA0, open_ended(0x30, head, content, b"\x31\x00")))


def lump(member, to, data, kind="application/pkcs7-mime; smime-type=signed-data", **values):
    more = (
        f'Content-Type: {kind}; name="smime.p7m"\n'
        'Content-Disposition: attachment; filename="smime.p7m"\n'
        "Content-Transfer-Encoding: base64\n"
    )
    return mail(
        member.email,
        to,
        proven=vouched(member.email),
        more=more,
        body=b"\n" + base64.encodebytes(data),
        **values,
    )


@pytest.mark.parametrize("make_signed", [signed, in_pieces])
@pytest.mark.parametrize("kind", ["application/pkcs7-mime", "application/octet-stream"])
def test_what_was_signed_is_read(scene, make_signed, kind):
    to = reply_to(scene.member, scene.discussion)
    assert come_in(lump(scene.member, to, make_signed(), kind), to) == "posted"
    assert posts()[-1].source == "Één antwoord."


def test_a_document_that_was_signed_stays_a_file(scene, make):
    """No mail is in it: its bytes are nobody's words."""
    to = reply_to(scene.member, scene.discussion)
    raw = lump(scene.member, to, signed(b"%PDF-1.4\n1 0 obj\n"), "application/octet-stream")
    come_in(raw.replace(b"smime.p7m", b"contract.pdf.p7m"), to)
    assert len(posts()) == 1
    assert not any("1 0 obj" in letter.text for letter in letters(scene.member.email))


def test_what_is_encrypted_gets_an_answer_that_says_what_to_do(scene):
    to = reply_to(scene.member, scene.discussion)
    kind = "application/pkcs7-mime; smime-type=enveloped-data"
    assert come_in(lump(scene.member, to, encrypted(), kind), to) == "answered"
    assert last().reason == "empty"
    (told,) = letters(scene.member.email)
    assert told.subject == "Je mail is versleuteld"
    assert "zet versleutelen uit" in told.text


def test_what_pgp_encrypted_gets_the_same_answer(scene):
    to = reply_to(scene.member, scene.discussion)
    body = (
        b"\n--x\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
        b"--x\nContent-Type: application/octet-stream; name=encrypted.asc\n\n"
        b"-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n--x--\n"
    )
    more = 'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=x\n'
    assert come_in(of_member(scene.member, to, more=more, body=body), to) == "answered"
    assert [told.subject for told in letters(scene.member.email)] == ["Je mail is versleuteld"]


def test_broken_lumps_do_no_harm():
    whole = signed()
    assert signed_content(in_pieces()) == signed_content(whole) == INNER
    for data in (whole[:n] for n in range(0, 120, 3)):
        assert signed_content(data) is None
        assert not is_encrypted(data)
    for data in (b"", b"\0", b"\x30\x80" * 100_000, b"\x30\xff" + b"\xff" * 200, INNER):
        assert signed_content(data) is None
        assert not is_encrypted(data)
    assert is_encrypted(encrypted())
    assert signed_content(encrypted()) is None
