"""Addresses of consent: recording it, the card with the code, and withdrawing by that code."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_login import login_required
from werkzeug.wrappers import Response

from cop.cases import preparing, queries, sharing, until, writing
from cop.cases.draft_routes import step_page, step_url
from cop.cases.forms import CodeForm, ConsentForm, NobodyForm, chosen_end
from cop.cases.models import READABLE, Basis, Case, CaseState, Consent
from cop.cases.permissions import CasePermission
from cop.cases.routes import Page, blueprint, own, show, writing_limit
from cop.cases.words import NOBODY_AGREES, PROTECTIONS, PURPOSES, RELATIONS
from cop.members.current import actor
from cop.platform import clock
from cop.platform.db import db
from cop.platform.errors import NotFound, Refused
from cop.platform.forms import put_beside
from cop.platform.i18n import gettext as _
from cop.platform.ratelimit import GUESSING, limiter


@blueprint.route("/casussen/<int:case_id>/toestemming", methods=["GET", "POST"])
@login_required
@writing_limit
def consent(case_id: int) -> Page:
    session = db.session()
    found, raw = writing.open_draft(session, actor(), case_id)
    about_somebody = found.basis == Basis.SOMEBODY
    given = preparing.consents(session, found)
    form = NobodyForm(said=found.nobody_agreed)
    if about_somebody:
        usual = given[-1].until if given else clock.now() + until.USUAL
        form = ConsentForm(until=until.day_of(usual))
    if form.validate_on_submit():
        try:
            if not about_somebody:
                preparing.nobody_agrees(
                    session, actor(), case_id, bool(form.said.data), clock.now()
                )
                return redirect(step_url(case_id, "voorbeeld"))
            made = preparing.agree(
                session,
                actor(),
                case_id,
                relation=form.relation.data or "",
                purpose=form.purpose.data or "",
                protection=form.protection.data or "",
                by_representative=bool(form.by_representative.data),
                end=chosen_end(form),
                now=clock.now(),
            )
            return redirect(step_url(case_id, f"toestemming/{made.id}/kaart"))
        except Refused as refusal:
            put_beside(form, refusal)
    last = preparing.version_of(session, found)
    result = writing.look_at(session, found, raw).result()
    current = last is not None and last.parts == result
    return step_page(
        "consent",
        "consent",
        found,
        form,
        given=[(c, current and last is not None and c.version == last.number) for c in given],
        changed=found.nobody_agreed
        and not preparing.said_of(session, found, preparing.NOBODY, result),
        why_nobody=NOBODY_AGREES.get(Basis(found.basis)) if found.basis else None,
        circle=queries.circle_page(session, actor(), found),
        relations=RELATIONS,
        purposes=PURPOSES,
        protections=PROTECTIONS,
        consent_end=lambda consent: until.end_for(found, consent),
    )


@blueprint.get("/casussen/<int:case_id>/toestemming/<int:consent_id>/kaart")
@login_required
def consent_card(case_id: int, consent_id: int) -> str:
    """The card with the code, to print or to copy for the person who agreed; as often as needed."""
    found = own(case_id, CasePermission.OWN)
    if found.state == CaseState.WITHDRAWN:
        raise NotFound
    given = preparing.one_consent(db.session(), found, consent_id)
    return render_template("cases/consent_card.html", consent=given, **_agreed(found, given))


def _agreed(case: Case, given: Consent) -> dict[str, Any]:
    """What somebody agreed to, without a word of the case or a name: theirs to know."""
    return {
        "case": case,
        "given": given.given_at,
        "purpose": PURPOSES[given.purpose],  # type: ignore[index]  # a string of the enum
        "readers": queries.circle_in_words(db.session(), case),
        "last_day": until.end_for(case, given),
        "shared_at": case.shared_at if case.state in READABLE else None,
    }


@blueprint.post("/casussen/<int:case_id>/toestemming/<int:consent_id>/opnieuw")
@login_required
def agree_again(case_id: int, consent_id: int) -> Response:
    try:
        preparing.agree_again(db.session(), actor(), case_id, consent_id, clock.now())
        flash(_("Recorded: this person agrees to the text as it is now."), "success")
    except Refused as refusal:
        flash(refusal.message, "error")
    return redirect(step_url(case_id, "toestemming"))


@blueprint.post("/casussen/<int:case_id>/toestemming/<int:consent_id>/weg")
@login_required
def forget_agreement(case_id: int, consent_id: int) -> Response:
    preparing.forget_agreement(db.session(), actor(), case_id, consent_id, clock.now())
    flash(_("This agreement is taken out. Its code does nothing any more."), "success")
    return redirect(step_url(case_id, "toestemming"))


@blueprint.route("/toestemming-intrekken", methods=["GET", "POST"])
@limiter.limit(GUESSING, methods=["POST"])
def withdraw_consent() -> Page:
    """For whoever has a code, without an account: what they agreed to, and ending it."""
    form, session = CodeForm(), db.session()
    if form.validate_on_submit():
        code = form.code.data or ""
        given = sharing.consent_behind(session, code)
        if given is None:
            refusal = Refused(
                _(
                    "This code is not known. Look at it once more, please. If it is right, the "
                    "story is gone already: it was withdrawn, thrown away, or its last day came."
                ),
                "code",
            )
            put_beside(form, refusal)
        elif "sure" in request.form:
            sharing.withdraw_consent(session, code, clock.now())
            return render_template("cases/consent_withdrawn.html")
        else:
            found = session.get_one(Case, given.case_id)
            return render_template("cases/consent_sure.html", form=form, **_agreed(found, given))
    return show("consent_code", form)
