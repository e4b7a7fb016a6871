"""Which mails belong together: by what they refer to, then by subject.

The outcome depends on the mails and on what is stored already, never on the order of the files:
everything is taken in order of date. A run that was cut off has stored the earlier part of that
order, so going on from there leads to the same discussions.

- Mails that refer to each other, or to the same mail, are one thread, wherever the one referred
  to is: in this run, stored before, missing, or later by its date. Loops mean nothing here.
- A thread whose first mail answers something ('Re:', or it refers to what nobody has) joins the
  latest earlier mail with its subject, at most `ANSWER_WINDOW` before.
- One that says nothing of the kind joins only when its subject began at most `SAME_WINDOW` before:
  'Agenda' of next year is another discussion.
- Discussions that exist are never merged, because their addresses and post numbers are permanent;
  a mail that ties two together goes where the nearest mail is that it refers to.
"""

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

ANSWER_WINDOW = timedelta(days=90)
SAME_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Mail:
    """What threading needs to know of a mail.

    Attributes:
        key: stands for its Message-ID.
        references: keys of what it refers to, the nearest last.
        subject: stands for its subject; '' for none.
        answers: it says 'Re:' or refers to something.
    """

    key: str
    date: datetime
    references: tuple[str, ...]
    subject: str
    answers: bool

    @property
    def place(self) -> tuple[datetime, str]:
        """Its place in the order in which everything happens."""
        return self.date, self.key


@dataclass(frozen=True, slots=True)
class Earlier:
    """A stored mail, for finding a subject again."""

    date: datetime
    key: str
    subject: str
    discussion_id: int


@dataclass(eq=False, slots=True)
class Thread:
    """Mails that belong together; `discussion_id` once there is a discussion."""

    discussion_id: int | None = None


class _Sets:
    """Union-find over mails and discussions."""

    def __init__(self) -> None:
        self._parent: dict[str | int, str | int] = {}

    def find(self, node: str | int) -> str | int:
        root = node
        while (above := self._parent.get(root, root)) != root:
            root = above
        while (above := self._parent.get(node, node)) != root:
            self._parent[node] = root
            node = above
        return root

    def join(self, a: str | int, b: str | int) -> None:
        a, b = self.find(a), self.find(b)
        if a != b:
            self._parent[a] = b


def arrange(
    mails: Iterable[Mail],
    known: Mapping[str, int],
    earlier: Collection[Earlier],
    began: Mapping[int, datetime],
) -> dict[str, Thread]:
    """The thread of every mail, by its key.

    Args:
        mails: those that are to be stored, each key once.
        known: key → discussion, of stored mails and of mails that those refer to.
        earlier: stored mails with a subject that occurs among `mails`.
        began: discussion → date of its first imported mail, of all in `known` and `earlier`.
    """
    in_order = sorted(mails, key=lambda m: m.place)
    sets = _Sets()
    for mail in in_order:
        for reference in mail.references:
            sets.join(mail.key, reference)
        for key in (mail.key, *mail.references):
            if key in known:
                sets.join(key, known[key])
    components: dict[str | int, list[Mail]] = {}
    for mail in in_order:
        components.setdefault(sets.find(mail.key), []).append(mail)

    stored: dict[str | int, set[int]] = {}
    for mail in in_order:
        for key in (mail.key, *mail.references):
            if key in known:
                stored.setdefault(sets.find(key), set()).add(known[key])

    threads = {place: Thread(place) for place in known.values()}  # of stored discussions
    threads |= {old.discussion_id: Thread(old.discussion_id) for old in earlier}
    started = {threads[place]: at for place, at in began.items() if place in threads}
    of_mail: dict[str, Thread] = {}
    subjects: dict[str, list[tuple[datetime, str, int]]] = {}
    found: list[Thread] = []  # what the numbers in `subjects` stand for

    def remember(subject: str, date: datetime, key: str, thread: Thread) -> None:
        if subject:
            insort(subjects.setdefault(subject, []), (date, key, len(found)))
            found.append(thread)

    for old in earlier:
        remember(old.subject, old.date, old.key, threads[old.discussion_id])

    for root, component in components.items():  # in order of their first mail
        first = component[0]
        if root in stored:
            _spread(component, known, min(stored[root]), of_mail, threads)
        else:
            joined = _by_subject(first, subjects.get(first.subject, []), found, started)
            thread = joined or Thread()
            of_mail.update((mail.key, thread) for mail in component)
        for mail in component:
            thread = of_mail[mail.key]
            started[thread] = min(started.get(thread, mail.date), mail.date)
            remember(mail.subject, mail.date, mail.key, thread)
    return of_mail


def _spread(
    component: list[Mail],
    known: Mapping[str, int],
    otherwise: int,
    of_mail: dict[str, Thread],
    threads: Mapping[int, Thread],
) -> None:
    """Mails tied to stored discussions: each goes where the nearest is that it refers to."""
    places = dict(known)
    for mail in component:
        near = (*reversed(mail.references), mail.key)
        place = next((places[key] for key in near if key in places), otherwise)
        of_mail[mail.key] = threads[place]
        for key in near:
            places.setdefault(key, place)


def _by_subject(
    first: Mail,
    same: list[tuple[datetime, str, int]],
    found: list[Thread],
    started: Mapping[Thread, datetime],
) -> Thread | None:
    """The thread that the first mail's subject leads to."""
    at = bisect_left(same, (*first.place, -1))
    if at == 0:
        return None
    date, _key, number = same[at - 1]
    thread = found[number]
    if first.answers:
        return thread if first.date - date <= ANSWER_WINDOW else None
    return thread if first.date - started[thread] <= SAME_WINDOW else None
