#!/usr/bin/env python3
"""Make `cop/platform/search/data/words.gz`: Dutch words, one a line, folded, in order.

    python scripts/search/build_words.py

Taken from the finder's word list (see `cop/deidentify/data/SOURCES.md`: OpenTaal under the revised
BSD licence) and from `field_words.txt` beside this script, which is our own. The same input gives
the same file.
"""

import gzip
import io
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(TOP))

from cop.deidentify.lexicon import DATA, Flag  # noqa: E402
from cop.platform.search.folding import fold  # noqa: E402

OUT = TOP / "cop" / "platform" / "search" / "data" / "words.gz"
OWN = Path(__file__).with_name("field_words.txt")


def main() -> None:
    found: set[str] = set()
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        for line in lines:
            flag, *entries = line.rstrip("\n").split("\t")
            if int(flag) & Flag.WORD:
                found |= {fold(entry) for entry in entries}
    for line in OWN.read_text(encoding="utf-8").splitlines():
        found |= {fold(word) for word in line.partition("#")[0].split()}
    kept = sorted(w for w in found if w.isascii() and w.isalpha() and 3 <= len(w) <= 18)
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, compresslevel=9) as file:
        file.write("\n".join(kept).encode())
    OUT.write_bytes(packed.getvalue())
    print(f"{len(kept)} words, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
