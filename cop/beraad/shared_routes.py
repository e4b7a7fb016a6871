"""Addresses for those who did not take part: starters, shared reports, dilemmas for everybody."""

from flask import make_response, render_template
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.beraad import origin_part, reading
from cop.beraad.models import Form, Report
from cop.beraad.permissions import REPORTS, ReportPermission
from cop.beraad.routes import Page, blueprint
from cop.beraad.starters import starter, starters
from cop.beraad.words import DILEMMA, PARTS
from cop.members.current import actor
from cop.platform import clock, pdf
from cop.platform.db import db, unit_of_work
from cop.platform.errors import NotFound
from cop.platform.web import whole
from cop.spaces import origins


@blueprint.get("/beraad")
@login_required
def index() -> str:
    """What waits for the actor's approval, what was shared with them, and where to practise."""
    session, who = db.session(), actor()
    items, more = reading.shared(session, who, Form.REPORT, whole("voor"))
    return render_template(
        "beraad/index.html",
        asked=reading.asked(session, who),
        items=items,
        more=f"?voor={more}" if more else None,
        first="/beraad" if whole("voor") is not None else None,
        starters=starters(),
    )


@blueprint.get("/beraad/oefendilemmas")
@login_required
def starter_list() -> str:
    return render_template("beraad/starters.html", starters=starters())


@blueprint.get("/beraad/oefendilemmas/<key>")
@login_required
def starter_page(key: str) -> str:
    found = starter(key)
    if found is None:
        raise NotFound
    return render_template("beraad/starter.html", starter=found, labels=DILEMMA)


def _readable(report_id: int, form: Form) -> Report:
    found = REPORTS.get(db.session(), actor(), ReportPermission.READ, report_id)
    if found.form != form:
        raise NotFound
    return found


def _note(report: Report, where: str) -> None:
    """Before anything is shown: what could not be written down is not read."""
    with unit_of_work() as session:
        reading.note(session, actor(), report, where, clock.now())


def _sheet(report: Report) -> dict[str, object]:
    session, who = db.session(), actor()
    return {
        "report": report,
        "read": reading.read(report),
        "labels": DILEMMA,
        "parts": PARTS,
        "audience": reading.audience_of(session, who, report),
        "took_part": ReportPermission.TAKE_PART in REPORTS.held(session, who, report.id),
        "session_id": report.beraad.session_id,
        "starter": report.beraad.starter,
    }


@blueprint.get("/beraad/verslagen/<int:report_id>")
@login_required
def read_report(report_id: int) -> str:
    found = _readable(report_id, Form.REPORT)
    _note(found, "page")
    return render_template("beraad/read.html", pdf=pdf.available(), **_sheet(found))


@blueprint.get("/beraad/verslagen/<int:report_id>/pdf")
@login_required
def report_pdf(report_id: int) -> Page | Response:
    """The report on paper; where the machine cannot make one, a page says what to do instead."""
    found = _readable(report_id, Form.REPORT)
    if not pdf.available():
        return render_template("beraad/no_pdf.html", report=found)
    _note(found, "pdf")
    made = make_response(
        pdf.make(
            render_template("beraad/paper.html", **_sheet(found)),
            "circle-paper.css",
            "beraad-paper.css",
        )
    )
    made.headers["Content-Type"] = "application/pdf"
    made.headers["Content-Disposition"] = f'attachment; filename="beraad-{found.id}.pdf"'
    return made


@blueprint.get("/beraad/verslagen/<int:report_id>/gelezen")
@login_required
def readings(report_id: int) -> str:
    """Who beyond those who took part read it; for those who took part."""
    items, more = reading.readings(db.session(), actor(), report_id, whole("voor"))
    return render_template(
        "beraad/readings.html",
        report_id=report_id,
        readings=items,
        more=f"?voor={more}" if more else None,
        first=f"/beraad/verslagen/{report_id}/gelezen" if whole("voor") is not None else None,
    )


@blueprint.get("/dilemmas")
def dilemmas() -> str:
    """Dilemmas in general words, for everybody; the newest is that of the month."""
    items, more = reading.shared(db.session(), actor(), Form.GENERAL, whole("voor"))
    return render_template(
        "beraad/dilemmas.html",
        items=items,
        more=f"?voor={more}" if more else None,
        first="/dilemmas" if whole("voor") is not None else None,
    )


@blueprint.get("/dilemmas/<int:report_id>")
def read_dilemma(report_id: int) -> str:
    found = _readable(report_id, Form.GENERAL)
    return render_template(
        "beraad/read_general.html",
        **_sheet(found),
        made=origins.around(db.session(), actor(), origin_part.KIND, report_id),
    )
