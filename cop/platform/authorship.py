"""Taking out of a document who made it: for whoever shares one under a pseudonym.

Office programs write names into every file: of who made it, who changed it last, their employer,
who wrote a comment, the folder on their computer. Only what a program wrote by itself is taken out;
the words of the document are its author's own care. A file that cannot be opened safely, that is
signed (a change would break that) or whose kind keeps names elsewhere is left, and said to be so.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Name

PLAIN = frozenset({"txt", "md", "csv"})  # nothing in them but what one sees
_MOST_ENTRIES = 5_000
_MOST_UNFOLDED = 150_000_000  # bytes of all that is in a document
_MOST_PART = 40_000_000  # bytes of one part that has to be looked through

_TAG = re.compile(rb"<[A-Za-z][^<>]*>")
_PERSON = re.compile(
    rb"(\s(?:[\w.-]+:)?(?:author|initials|userName|displayName|userId|name|providerId|url)\s*=\s*)"
    rb"(?:\"[^\"]*\"|'[^']*')"
)
_AUTHOR_TEXT = re.compile(
    rb"(<(?:\w+:)?(?:author|creator|sender-initials|creator-initials)\b[^<>]*>)[^<]*(</)"
)
_PLACE = re.compile(rb"<[\w.-]*:?(?:absPath|fileSharing)\b")  # its folder, who has it open

_EMPTY_CORE = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties xmlns:cp='
    b'"http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>'
)
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/"
_EMPTY_META = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-meta xmlns:office='
    b'"urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/>'
    b"</office:document-meta>"
)
_SIGNED = ("_xmlsignatures/", "META-INF/documentsignatures", "META-INF/macrosignatures")


class _Kept(Exception):
    """The document is left as it is."""


_UNREADABLE = (
    *(_Kept, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(pikepdf.PdfError, pikepdf.PasswordError, pikepdf.DataDecodingError),
    *(AttributeError, EOFError, KeyError, NotImplementedError, OSError, RuntimeError),
    *(TypeError, ValueError),  # what the libraries say of a file that is not what it says
)


def removed(data: bytes, ending: str) -> bytes | None:
    """The document without the names that programs wrote into it, or None when that cannot be done.

    Args:
        ending: of its name, small letters without the dot.
    """
    if ending in PLAIN:
        return data
    way = _WAYS.get(ending)
    if way is None:
        return None
    try:
        return way(data)
    except _UNREADABLE:
        return None


# --- PDF


def _pdf(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if pdf.is_encrypted or _is_signed(pdf) or len(pdf.attachments):
            raise _Kept
        if Name.Info in pdf.trailer:
            del pdf.trailer[Name.Info]
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
                for key in (Name.Metadata, Name.PieceInfo):
                    if key in thing:
                        del thing[key]
                # Who wrote a note; of a field in a form /T is what it is called.
                is_note = Name.Rect in thing and thing.get(Name.Subtype) != Name.Widget
                if is_note and Name.T in thing:
                    del thing[Name.T]
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        return out.getvalue()


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    form = pdf.Root.get(Name.AcroForm)
    flags = form.get(Name.SigFlags, 0) if form is not None else 0
    return bool(int(flags) & 1) or Name.Perms in pdf.Root


# --- what is a zip with XML in it


def _zipped(data: bytes, part: Callable[[str, bytes], bytes], touches: re.Pattern[str]) -> bytes:
    """The zip anew: the parts that match go through `part`, dates and remarks of the zip go out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        entries = old.infolist()
        if len(entries) > _MOST_ENTRIES or sum(e.file_size for e in entries) > _MOST_UNFOLDED:
            raise _Kept
        for entry in entries:
            if entry.flag_bits & 1 or entry.filename.startswith(_SIGNED):
                raise _Kept
            made = zipfile.ZipInfo(entry.filename)
            made.compress_type = (
                zipfile.ZIP_STORED
                if entry.compress_type == zipfile.ZIP_STORED
                else zipfile.ZIP_DEFLATED
            )
            if touches.search(entry.filename) is None:
                _copied(old, entry, new, made)
                continue
            if entry.file_size > _MOST_PART:
                raise _Kept
            words = old.read(entry)
            if words.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise _Kept  # not UTF-8: no office program writes so
            new.writestr(made, part(entry.filename, words))
    return out.getvalue()


def _copied(
    old: zipfile.ZipFile, entry: zipfile.ZipInfo, new: zipfile.ZipFile, made: zipfile.ZipInfo
) -> None:
    is_photo = entry.filename.lower().endswith((".jpg", ".jpeg", ".tif", ".tiff"))
    with old.open(entry) as source, new.open(made, "w") as target:
        start = source.read(65_536)
        if is_photo and b"Exif" in start:
            raise _Kept  # a photo as it came from the camera: when, and often where and by whom
        target.write(start)
        while more := source.read(65_536):
            target.write(more)


_OFFICE_PARTS = re.compile(
    r"(?:^docProps/(?:core|app|custom)\.xml|\.psmdcp|^word/.*\.xml|^xl/comments.*\.xml"
    r"|^xl/(?:persons|threadedComments)/.*\.xml|^xl/workbook\.xml"
    r"|^ppt/(?:commentAuthors|authors)\.xml|^ppt/comments/.*\.xml)$"
)


def _office(data: bytes) -> bytes:
    return _zipped(data, _office_part, _OFFICE_PARTS)


def _office_part(name: str, words: bytes) -> bytes:
    if name == "docProps/core.xml" or name.endswith(".psmdcp"):
        return _EMPTY_CORE
    if name.startswith("docProps/"):
        kind = b"custom" if name.endswith("custom.xml") else b"extended"
        return (
            b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            b'<Properties xmlns="' + _OFFICE + kind + b'-properties"/>'
        )
    if name == "xl/workbook.xml":
        return _TAG.sub(lambda m: _nameless(m[0]) if _PLACE.match(m[0]) else m[0], words)
    if name.startswith("word/"):
        return _TAG.sub(lambda m: _nameless(m[0], b"author", b"initials", b"userId"), words)
    return _AUTHOR_TEXT.sub(rb"\1\2", _TAG.sub(lambda m: _nameless(m[0]), words))


def _nameless(tag: bytes, *only: bytes) -> bytes:
    """The tag with what says who somebody is left empty."""

    def emptied(found: re.Match[bytes]) -> bytes:
        key = found[1].strip().rstrip(b"=").strip().rpartition(b":")[2]
        return found[1] + b'""' if not only or key in only else found[0]

    return _PERSON.sub(emptied, tag)


_OPEN_PARTS = re.compile(r"(?:^|/)(?:meta|content|styles)\.xml$")


def _open_document(data: bytes) -> bytes:
    return _zipped(
        data,
        lambda name, words: (
            _EMPTY_META if name == "meta.xml" else _AUTHOR_TEXT.sub(rb"\1\2", words)
        ),
        _OPEN_PARTS,
    )


_WAYS: dict[str, Callable[[bytes], bytes]] = {
    "pdf": _pdf,
    **dict.fromkeys(("docx", "xlsx", "pptx"), _office),
    **dict.fromkeys(("odt", "ods", "odp"), _open_document),
}
