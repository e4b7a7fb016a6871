"""A case brought to any state of its way, by the operations that pages call."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.cases import preparing, second_reading, sharing, writing
from cop.cases.models import Basis, Case, CaseState, Consent
from cop.cases.words import CHECKS
from cop.members.models import Member
from cop.platform import clock
from cop.platform.db import unit_of_work
from cop.spaces.circles import Circle
from tests.support.factories import Factory

# Invented, and in no list of names: whatever of these stands on a page or a disk is a leak.
RAW = {
    "title": "Fatima en haar moeder",
    "text": (
        "Fatima Bouzerda (34) uit Zaltbommel kwam op 12 maart bij ons binnen. Haar moeder belde "
        "met 06-12345678. Fatima wil naar huis, de wijkverpleegkundige ziet dat niet zitten."
    ),
    "question": "Hoe blijf ik naast Fatima staan als haar moeder boos is?",
}
IDENTIFIERS = ("Fatima", "Bouzerda", "Zaltbommel", "06-12345678")


@dataclass
class Walk:
    """Brings cases of one author as far as wanted; every step is committed."""

    make: Factory
    author: Member
    now: datetime

    def start(self, basis: Basis = Basis.COMPOSITE, raw: dict[str, str] | None = None) -> Case:
        """A draft with text."""
        with unit_of_work() as session:
            actor = self.make.actor(self.author)
            case = writing.start(session, actor, "own", basis, self.now)
            writing.save(session, actor, case.id, raw if raw is not None else RAW, self.now)
        return case

    def decided(self, case: Case) -> None:
        with unit_of_work() as session:
            actor = self.make.actor(self.author)
            writing.decide(session, actor, case.id, {}, self.now, rest=True)

    def checked(self, case: Case) -> None:
        with unit_of_work() as session:
            preparing.check_list(
                session, self.make.actor(self.author), case.id, CHECKS, False, self.now
            )

    def circled(self, case: Case, circle: Circle) -> None:
        with unit_of_work() as session:
            preparing.choose_circle(
                session, self.make.actor(self.author), case.id, circle.id, self.now
            )

    def chosen(self, case: Case, *people: Member) -> None:
        with unit_of_work() as session:
            preparing.choose_people(
                session,
                self.make.actor(self.author),
                case.id,
                [self.make.persona(p).handle for p in people],
                self.now,
            )

    def agreed(self, case: Case, days: int = 90) -> Consent:
        with unit_of_work() as session:
            return preparing.agree(
                session,
                self.make.actor(self.author),
                case.id,
                relation="client",
                purpose="learning",
                protection="adult",
                by_representative=False,
                end=self.now + timedelta(days=days),
                now=self.now,
            )

    def nobody(self, case: Case) -> None:
        with unit_of_work() as session:
            actor = self.make.actor(self.author)
            preparing.nobody_agrees(session, actor, case.id, True, self.now)

    def ready(self, circle: Circle, basis: Basis = Basis.COMPOSITE) -> Case:
        """Everything done that comes before the second reader."""
        case = self.start(basis)
        self.decided(case)
        self.checked(case)
        self.circled(case, circle)
        if basis == Basis.SOMEBODY:
            self.agreed(case)
        else:
            self.nobody(case)
        return case

    def asked(self, case: Case, reader: Member) -> None:
        with unit_of_work() as session:
            second_reading.ask(
                session,
                self.make.actor(self.author),
                case.id,
                self.make.persona(reader).handle,
                self.now,
            )

    def approved(self, case: Case, reader: Member) -> None:
        with unit_of_work() as session:
            number = session.get_one(Case, case.id).version
            second_reading.approve(session, self.make.actor(reader), case.id, number, self.now)

    def shared(self, case: Case, days: int = 90) -> None:
        with unit_of_work() as session:
            sharing.share(
                session,
                self.make.actor(self.author),
                case.id,
                self.now + timedelta(days=days),
                [],
                self.now,
            )

    def closed(self, case: Case) -> None:
        with unit_of_work() as session:
            sharing.close(
                session, self.make.actor(self.author), case.id, "Eerst luisteren.", self.now
            )

    def withdrawn(self, case: Case) -> None:
        with unit_of_work() as session:
            sharing.withdraw(session, self.make.actor(self.author), case.id, self.now)

    def to(
        self, state: CaseState, circle: Circle, reader: Member, basis: Basis = Basis.COMPOSITE
    ) -> Case:
        """A new case in this state."""
        case = self.ready(circle, basis)
        steps = {
            CaseState.WITH_READER: (lambda: self.asked(case, reader),),
            CaseState.APPROVED: (
                lambda: self.asked(case, reader),
                lambda: self.approved(case, reader),
            ),
        }
        steps[CaseState.SHARED] = (*steps[CaseState.APPROVED], lambda: self.shared(case))
        steps[CaseState.CLOSED] = (*steps[CaseState.SHARED], lambda: self.closed(case))
        steps[CaseState.WITHDRAWN] = (*steps[CaseState.SHARED], lambda: self.withdrawn(case))
        for step in steps.get(state, ()):
            step()
        return case


def walk(make: Factory, author: Member, now: datetime | None = None) -> Walk:
    return Walk(make, author, now or clock.now())
