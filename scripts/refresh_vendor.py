#!/usr/bin/env python3
"""Fetch the browser files that others made: the font, the icons, the Socket.IO client.

    python scripts/refresh_vendor.py            the versions named below
    python scripts/refresh_vendor.py --check    says what would change, writes nothing

Each package is fetched by `npm pack`; only what the pages use is kept, in a folder that carries
its version, so that browsers may keep the files for ever. References to an older version in our
CSS, JavaScript and templates are rewritten. The icons named in ICONS become one sprite,
`static/icons.svg`. Add a name there, run the script, and `icon('name')` knows it.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    licence: str
    what_for: str
    files: dict[str, str]  # path in the package -> name in its folder here
    short_name: str

    @property
    def folder(self) -> str:
        return f"{self.short_name}-{self.version}"


FONT = Package(
    name="@fontsource-variable/atkinson-hyperlegible-next",
    version="5.3.0",
    licence="OFL-1.1",
    short_name="atkinson-hyperlegible-next",
    what_for="the typeface: Latin in one variable file, Latin extended loads when used; "
    "narrowed to the weights 400 to 750, which saves a third",
    files={
        "files/atkinson-hyperlegible-next-latin-wght-normal.woff2": "latin-400-750.woff2",
        "files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2": "latin-ext-400-750.woff2",
        "LICENSE": "LICENSE",
    },
)
ITALIC = Package(
    name="@fontsource/atkinson-hyperlegible-next",
    short_name="atkinson-hyperlegible-next-italic",
    version="5.3.0",
    licence="OFL-1.1",
    what_for="its italic, one weight (14 kB; the variable one is 38 kB), loads when used",
    files={
        "files/atkinson-hyperlegible-next-latin-400-italic.woff2": "latin.woff2",
        "LICENSE": "LICENSE",
    },
)
SOCKET = Package(
    name="socket.io-client",
    short_name="socket.io-client",
    version="4.8.4",
    licence="MIT",
    what_for="live pages; an ES module",
    files={"dist/socket.io.esm.min.js": "socket.io.esm.min.js", "LICENSE": "LICENSE"},
)
LUCIDE = Package(
    name="lucide-static",
    short_name="lucide-static",
    version="1.62.0",
    licence="ISC",
    what_for="the icons in `static/icons.svg`",
    files={"LICENSE": "LICENSE"},
)
PACKAGES = (FONT, ITALIC, SOCKET, LUCIDE)

WEIGHTS = (400, 750)  # what static/css asks for

ICONS = """
    accessibility arrow-down arrow-left arrow-right arrow-up at-sign bell bell-off bold book-open
    bookmark building-2 calendar chart-line check chevron-down chevron-left chevron-right
    chevrons-left chevrons-right circle circle-alert circle-check circle-dot circle-help circle-user
    circle-x clock code compass copy door-open download ellipsis external-link eye eye-off file-text
    filter flag folder git-merge globe hand-heart handshake hash heading heart-handshake history
    hourglass house image info italic key languages leaf life-buoy lightbulb link list list-ordered
    lock lock-open log-in log-out mail map-pin megaphone menu message-circle messages-square
    monitor moon network notebook-pen paperclip pencil phone pin plus printer quote refresh-cw reply
    save scale scissors search send settings shield-check sprout star store sun timer trash-2
    triangle-alert undo-2 upload user user-round users venetian-mask vote wifi-off x
""".split()


def unpack(package: Package, folder: Path) -> dict[str, bytes]:
    """The files of a package by their path inside it."""
    done = subprocess.run(
        ["npm", "pack", "--silent", "--ignore-scripts", f"{package.name}@{package.version}"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        sys.exit(f"npm pack {package.name}@{package.version} failed:\n{done.stderr.strip()}")
    archive = folder / done.stdout.strip().splitlines()[-1]
    with tarfile.open(archive) as tar:
        found = {}
        for member in tar.getmembers():
            stream = tar.extractfile(member) if member.isfile() else None
            if stream is not None:
                found[member.name.split("/", 1)[1]] = stream.read()
    return found


def narrowed(content: bytes) -> bytes:
    """A variable font without the weights that no page uses. Needs fonttools and brotli."""
    try:
        from fontTools.ttLib import TTFont
        from fontTools.varLib.instancer import instantiateVariableFont
    except ImportError:
        sys.exit("the fonts are narrowed with fonttools: pip install fonttools brotli")
    font = TTFont(io.BytesIO(content), recalcTimestamp=False)
    instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def sprite(files: dict[str, bytes]) -> bytes:
    """One SVG file with a symbol for each icon; colour and stroke come from the page's `.icon`."""
    out = io.StringIO()
    out.write(
        f"<!-- lucide-static {LUCIDE.version}, {LUCIDE.licence}, made by scripts/refresh_vendor.py -->\n"
    )
    out.write('<svg xmlns="http://www.w3.org/2000/svg">\n')
    for name in sorted(ICONS):
        source = files.get(f"icons/{name}.svg")
        if source is None:
            sys.exit(f"lucide-static {LUCIDE.version} has no icon '{name}'")
        match = re.search(r"<svg[^>]*>(.*)</svg>", source.decode("utf-8"), re.S)
        if match is None:
            sys.exit(f"the icon '{name}' is not what was expected")
        shapes = re.sub(r"\s*\n\s*", "", match[1]).replace(" />", "/>")
        out.write(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>\n')
    out.write("</svg>\n")
    return out.getvalue().encode()


def readme() -> bytes:
    lines = [
        "# Files that others made",
        "",
        "Written by `scripts/refresh_vendor.py`; change the versions there. Each folder holds the licence.",
        "",
        "| package | version | licence | what for |",
        "| --- | --- | --- | --- |",
    ]
    lines += [f"| {p.name} | {p.version} | {p.licence} | {p.what_for} |" for p in PACKAGES]
    return ("\n".join(lines) + "\n").encode()


def wanted() -> dict[Path, bytes]:
    files: dict[Path, bytes] = {VENDOR / "README.md": readme()}
    with tempfile.TemporaryDirectory() as name:
        for package in PACKAGES:
            inside = unpack(package, Path(name))
            for source, target in package.files.items():
                content = inside[source]
                if "400-750" in target:
                    content = narrowed(content)
                if target.endswith(".js"):
                    content = re.sub(rb"\n?//# sourceMappingURL=\S*\s*$", b"\n", content)
                files[VENDOR / package.folder / target] = content
            if package is LUCIDE:
                files[STATIC / "icons.svg"] = sprite(inside)
    return files


def rewritten_references() -> dict[Path, bytes]:
    """Our own files that name another version of a package's folder."""
    changed = {}
    ours = [
        *STATIC.glob("css/**/*.css"),
        *STATIC.glob("js/**/*.js"),
        *(ROOT / "templates").rglob("*.html"),
    ]
    for path in ours:
        before = path.read_text("utf-8")
        after = before
        for package in PACKAGES:
            after = re.sub(
                rf"\b{re.escape(package.short_name)}-\d[\w.-]*(?=/)", package.folder, after
            )
        if after != before:
            changed[path] = after.encode()
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="write nothing, exit 1 if something would change"
    )
    check = parser.parse_args().check
    files = wanted() | rewritten_references()
    changed = [
        path for path, content in files.items() if not path.exists() or path.read_bytes() != content
    ]
    stale = [path for path in VENDOR.rglob("*") if path.is_file() and path not in files]
    for path in changed:
        print(f"{'would write' if check else 'writes'} {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files[path])
    for path in stale:
        print(f"{'would remove' if check else 'removes'} {path.relative_to(ROOT)}")
        if not check:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    if not changed and not stale:
        print("everything is as it should be")
    return 1 if check and (changed or stale) else 0


if __name__ == "__main__":
    sys.exit(main())
