"""Documents lose who made them; what cannot lose it is said to keep it."""

import io
import zipfile

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from cop.platform import authorship

WHO = "Jan Verzonnen"
BODY = "Wat ik meemaakte"


def pdf(**changes):
    made = pikepdf.new()
    page = made.add_blank_page()
    page.Contents = made.make_stream(f"% {BODY}".encode())
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9], T=String(WHO), Contents=String("Hm")
    )
    page.Annots = Array([made.make_indirect(note)])
    made.docinfo[Name.Author] = String(WHO)
    made.docinfo[Name.Title] = String(f"Verslag van {WHO}")
    with made.open_metadata() as xmp:
        xmp["dc:creator"] = [WHO]
    page[Name.PieceInfo] = Dictionary(App=Dictionary(User=String(WHO)))
    if changes.get("signed"):
        made.Root.AcroForm = Dictionary(SigFlags=3, Fields=Array([]))
    if changes.get("attached"):
        made.attachments["bijlage.txt"] = WHO.encode()
    out = io.BytesIO()
    made.save(out, encryption=changes.get("encryption", False))
    return out.getvalue()


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, words in parts.items():
            made.writestr(name, words)
        made.comment = WHO.encode()
    return out.getvalue()


CORE = f"<cp:coreProperties><dc:creator>{WHO}</dc:creator></cp:coreProperties>"
APP = f"<Properties><Company>{WHO}</Company></Properties>"
OFFICE = {
    "[Content_Types].xml": "<Types/>",
    "docProps/core.xml": CORE,
    "docProps/app.xml": APP,
    "docProps/custom.xml": f"<Properties><property name='x'>{WHO}</property></Properties>",
}
DOCX = OFFICE | {
    "word/document.xml": f'<w:p><w:ins w:id="1" w:author="{WHO}" w:date="x"><w:t>{BODY} author="ik"'
    "</w:t></w:ins></w:p>",
    "word/comments.xml": f"<w:comment w:id='0' w:author='{WHO}' w:initials='{WHO}'/>",
    "word/people.xml": f'<w15:person w15:author="{WHO}"><w15:presenceInfo w15:userId="{WHO}"/>'
    "</w15:person>",
    "word/media/tekening.png": b"\x89PNG",
}
XLSX = OFFICE | {
    "xl/workbook.xml": f'<workbook><fileSharing userName="{WHO}"/><sheet name="{BODY}"/>'
    f'<x15ac:absPath url="C:\\Users\\{WHO}\\"/></workbook>',
    "xl/comments1.xml": f"<comments><authors><author>{WHO}</author></authors></comments>",
    "xl/persons/person.xml": f'<person displayName="{WHO}" userId="{WHO}" id="1"/>',
}
PPTX = OFFICE | {
    "ppt/slides/slide1.xml": f"<a:t>{BODY}</a:t>",
    "ppt/commentAuthors.xml": f'<p:cmAuthor id="0" name="{WHO}" initials="{WHO}"/>',
}
ODT = {
    "mimetype": "application/vnd.oasis.opendocument.text",
    "meta.xml": f"<office:meta><meta:initial-creator>{WHO}</meta:initial-creator></office:meta>",
    "content.xml": f"<office:annotation><dc:creator>{WHO}</dc:creator></office:annotation>{BODY}",
}
ZIPPED = {"docx": DOCX, "xlsx": XLSX, "pptx": PPTX, "odt": ODT}


def contents(data):
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        return {name: opened.read(name) for name in opened.namelist()}, opened.comment


@pytest.mark.parametrize("ending", ZIPPED)
def test_office_documents_lose_names_and_keep_words(ending):
    parts = ZIPPED[ending]
    made = authorship.removed(zipped(**parts), ending)
    found, comment = contents(made)
    assert list(found) == list(parts)
    assert comment == b""
    for words in found.values():
        assert WHO.encode() not in words
    assert BODY.encode() in b"".join(found.values())
    assert authorship.removed(made, ending) is not None
    if ending == "docx":
        assert b'author="ik"' in found["word/document.xml"]  # words, not a name in a tag


def test_a_pdf_loses_names_and_keeps_its_pages():
    made = authorship.removed(pdf(), "pdf")
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert Name.Info not in opened.trailer
        assert Name.Metadata not in opened.Root
        page = opened.pages[0]
        assert BODY.encode() in page.Contents.read_bytes()
        assert Name.T not in page.Annots[0]
        assert str(page.Annots[0].Contents) == "Hm"
        plain = io.BytesIO()
        opened.save(plain, stream_decode_level=pikepdf.StreamDecodeLevel.all, qdf=True)
    assert WHO.encode() not in plain.getvalue()
    assert WHO.encode("utf-16-be") not in plain.getvalue()


BOMB = {"word/document.xml": bytes(200_000_000)}
LEFT = [
    ("pdf", lambda: pdf(signed=True)),
    ("pdf", lambda: pdf(attached=True)),
    ("pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="x", user=""))),
    ("pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="x", user="y"))),
    ("pdf", lambda: b"%PDF-1.7 kapot"),
    ("docx", lambda: b"PK kapot"),
    ("docx", lambda: zipped(**DOCX)[:300]),
    ("docx", lambda: zipped(**DOCX, **{"_xmlsignatures/sig1.xml": "<x/>"})),
    ("docx", lambda: zipped(**DOCX | {"word/document.xml": b"\xff\xfe<\x00"})),
    ("docx", lambda: zipped(**DOCX, **{"word/media/foto.jpg": b"\xff\xd8\xff\xe1..Exif\0\0"})),
    ("docx", lambda: zipped(**BOMB)),
    ("mp3", lambda: b"ID3" + WHO.encode()),
    ("m4a", lambda: b"...."),
    ("mp4", lambda: b"...."),
    ("ics", lambda: b"BEGIN:VCALENDAR"),
]


@pytest.mark.parametrize(("ending", "data"), LEFT)
def test_what_cannot_lose_them_is_left_and_said(ending, data):
    assert authorship.removed(data(), ending) is None


@pytest.mark.parametrize("ending", ["txt", "md", "csv"])
def test_plain_text_has_nothing_hidden(ending):
    assert authorship.removed(b"Jan", ending) == b"Jan"
