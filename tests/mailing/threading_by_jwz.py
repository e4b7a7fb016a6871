"""The threading that mail programs do: Jamie Zawinski's algorithm (jwz.org/doc/threading.html).

Written from its description: containers by Message-ID, linked along References, the last of them
the parent; then the root set, empty containers pruned, and roots of one subject gathered.
"""

import re
from dataclasses import dataclass, field
from email.message import EmailMessage

_SUBJECT = re.compile(r"^\s*(?:re|fwd?|antw?)\s*(?:\[\d+\])?:\s*", re.IGNORECASE)


@dataclass(eq=False)
class Container:
    message: EmailMessage | None = None
    parent: "Container | None" = None
    children: list["Container"] = field(default_factory=list)

    def holds(self, other: "Container") -> bool:
        """Whether the other one is this one or below it: linking them would make a loop."""
        return other is self or any(child.holds(other) for child in self.children)

    def adopt(self, child: "Container") -> None:
        if child.parent is not None:
            child.parent.children.remove(child)
        child.parent = self
        self.children.append(child)


def references(message: EmailMessage) -> list[str]:
    """The Message-IDs that a message refers to, the oldest first."""
    found = re.findall(r"<[^<>\s]+>", str(message.get("References", "")))
    replied = re.findall(r"<[^<>\s]+>", str(message.get("In-Reply-To", "")))
    return found + [id for id in replied[:1] if id not in found]


def threads(messages: list[EmailMessage]) -> list[Container]:
    """The root set of the conversations."""
    table: dict[str, Container] = {}
    for message in messages:  # step 1
        own = str(message["Message-ID"]).strip()
        container = table.setdefault(own, Container())
        container.message = message
        before: Container | None = None
        for id in references(message):
            other = table.setdefault(id, Container())
            if before is not None and other.parent is None and not other.holds(before):
                before.adopt(other)
            before = other
        if before is not None and not container.holds(before):
            before.adopt(container)
        elif before is None and container.parent is not None:
            container.parent.children.remove(container)
            container.parent = None
    roots = [c for c in table.values() if c.parent is None]  # step 2
    roots = [kept for root in roots for kept in pruned(root, True)]  # step 4
    return by_subject(roots)  # step 5


def pruned(container: Container, is_root: bool) -> list[Container]:
    kept = [c for child in list(container.children) for c in pruned(child, False)]
    container.children = kept
    for child in kept:
        child.parent = container
    if container.message is not None:
        return [container]
    if not kept:
        return []
    if not is_root or len(kept) == 1:
        for child in kept:
            child.parent = container.parent
        return kept
    return [container]


def subject(container: Container) -> str:
    first = container if container.message is not None else container.children[0]
    words = str(first.message["Subject"]) if first.message is not None else ""
    while (shorter := _SUBJECT.sub("", words)) != words:
        words = shorter
    return words


def by_subject(roots: list[Container]) -> list[Container]:
    found: dict[str, Container] = {}
    out = []
    for root in roots:
        words = subject(root)
        known = found.get(words)
        is_answer = root.message is not None and _SUBJECT.match(str(root.message["Subject"]))
        if words and known is not None and is_answer:
            known.adopt(root)
            continue
        found.setdefault(words, root)
        out.append(root)
    return out
