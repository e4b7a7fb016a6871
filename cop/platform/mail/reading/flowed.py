"""format=flowed (RFC 3676): lines that a mail program broke are made whole again."""


def unflow(text: str, delsp: bool = False) -> str:
    """The text with its soft line ends taken away; quotations keep their '>'.

    Args:
        delsp: the space before a soft line end belongs to the break, not to the text.
    """
    out: list[str] = []
    open_depth: int | None = None  # of a paragraph that the next line may continue
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        line = line[depth:].removeprefix(" ")  # what is left of stuffing (4.4)
        if open_depth == depth and line != "-- ":
            out[-1] += line
        else:
            out.append(f"{'>' * depth} {line}" if depth else line)
        flows = line.endswith(" ") and line != "-- "
        if flows and delsp:
            out[-1] = out[-1][:-1]
        open_depth = depth if flows else None
    return "\n".join(out)
