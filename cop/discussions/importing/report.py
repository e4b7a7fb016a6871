"""What an import did, for whoever ran it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remark:
    """
    Attributes:
        file: as it was named on the command line.
        position: number of the message in its file, from 1; 0 is the file as a whole.
    """

    file: str
    position: int
    reason: str


@dataclass(slots=True)
class Report:
    """
    Attributes:
        read: messages found in the files.
        imported, duplicates: of those; `read` is these two and the skipped messages.
        skipped: messages, and files that could not be read, which stayed out.
        held: messages that stayed out only for what the text check found in them.
        remarks: on messages that went in: a guessed date, an attachment that stayed out.
    """

    read: int = 0
    imported: int = 0
    duplicates: int = 0
    skipped: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    held: int = 0
