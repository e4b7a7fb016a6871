"""A group at the table of a moreel beraad, for tests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from cop.beraad import approving, deliberating, reporting, together, weighing
from cop.beraad.models import Audience, Beraad, Form, Report
from cop.beraad.together import Dilemma
from cop.members.actor import Actor
from cop.members.models import Member
from cop.platform.db import unit_of_work
from cop.sessions import holding, stepping
from tests.sessions.table import Table, table
from tests.support.factories import Factory

DILEMMA = Dilemma(
    situation="Iemand wil weg, en de deur is niet op slot.",
    choice_a="Wij houden tegen.",
    damage_a="Vertrouwen gaat stuk.",
    choice_b="Wij laten gaan.",
    damage_b="Het kan misgaan.",
    question="Mogen wij iemand tegenhouden?",
)


@dataclass
class Sitting:
    """Who sits there; every step commits.

    Attributes:
        lead: facilitates, and does not weigh; `others` do.
    """

    make: Factory
    at: Table
    now: datetime

    @property
    def id(self) -> int:
        return self.at.id

    @property
    def lead(self) -> Member:
        return self.at.lead

    @property
    def others(self) -> list[Member]:
        return self.at.others

    @property
    def absent(self) -> Member:
        return self.at.absent

    def let_in(self, member: Member) -> None:
        """Somebody more joins the group and comes to the session."""
        self.make.join(member, self.at.group.circle)
        self.make.agree(member, self.at.group)
        with unit_of_work() as session:
            holding.come_in(session, self.actor(member), self.id, self.now)

    def actor(self, member: Member) -> Actor:
        return self.make.actor(member)

    def dilemma(self, by: Member | None = None) -> None:
        with unit_of_work() as session:
            together.write_dilemma(
                session, self.actor(by or self.others[0]), self.id, DILEMMA, 0, self.now
            )

    def entry(self, by: Member, text: str, place: str = "client.value.a", key: str = "") -> int:
        with unit_of_work() as session:
            return deliberating.add_entry(
                session, self.actor(by), self.id, place, text, key, self.now
            ).id

    def weigh(self, by: Member, value: str = "Veiligheid", done: bool = True) -> None:
        with unit_of_work() as session:
            answer = weighing.Answer(choice="a", value=value, despite="Minder vrijheid")
            weighing.save(session, self.actor(by), self.id, answer, done, self.now)

    def conclude(self, text: str = "Wij praten eerst, en houden dan pas tegen.") -> None:
        with unit_of_work() as session:
            together.conclude(session, self.actor(self.lead), self.id, text, 0, self.now)

    def close(self) -> None:
        with unit_of_work() as session:
            stepping.close(session, self.actor(self.lead), self.id, self.now)

    def report(self) -> int:
        with unit_of_work() as session:
            return reporting.make(session, self.actor(self.lead), self.id, self.now).id

    def choose(
        self,
        circle_id: int | None = None,
        form: Form = Form.REPORT,
        by: Member | None = None,
    ) -> None:
        audience = Audience.COMMUNITY if circle_id is None else Audience.CIRCLE
        with unit_of_work() as session:
            approving.choose(
                session, self.actor(by or self.lead), self.id, form, audience, circle_id, self.now
            )

    def approve(self, *members: Member, form: Form = Form.REPORT) -> None:
        for member in members or (self.lead, *self.others):
            with unit_of_work() as session:
                version = self.now_report(session, form).version
                approving.approve(session, self.actor(member), self.id, form, version, self.now)

    def now_report(self, session, form: Form = Form.REPORT) -> Report:
        return session.scalars(
            select(Report)
            .join(Beraad, Beraad.id == Report.beraad_id)
            .where(Beraad.session_id == self.id, Report.form == form)
            .execution_options(populate_existing=True)
        ).one()

    def all_of_it(
        self, circle_id: int | None = None, approved: bool = True, by: Member | None = None
    ) -> int:
        """Held from the dilemma to the report; its id."""
        self.dilemma()
        for number, member in enumerate(self.others):
            self.entry(member, f"Rust nummer {number}")
            self.weigh(member, f"Waarde {number}")
        self.conclude()
        self.close()
        made = self.report()
        self.choose(circle_id, by=by)
        if approved:
            self.approve()
        return made


def sit(make: Factory, now: datetime, others: int = 3, begun: bool = True) -> Sitting:
    """A beraad that all but one of the group came to."""
    return Sitting(make, table(make, "beraad", "dilemma", others, now, begun), now)
