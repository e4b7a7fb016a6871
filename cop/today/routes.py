"""The home page, and the pages that say how things are done here."""

from flask import Blueprint, render_template
from flask_login import current_user

from cop.members.models import SiteSettings
from cop.platform.db import db

blueprint = Blueprint("today", __name__)


@blueprint.get("/")
def home() -> str:
    site = db.session().get(SiteSettings, 1)
    template = "today/member.html" if current_user.is_authenticated else "today/visitor.html"
    return render_template(template, settings=site)


@blueprint.get("/huisregels")
def house_rules() -> str:
    return render_template("today/house_rules.html", settings=db.session().get(SiteSettings, 1))


@blueprint.get("/privacy")
def privacy() -> str:
    return render_template("today/privacy.html")


@blueprint.get("/toegankelijkheid")
def accessibility() -> str:
    return render_template("today/accessibility.html")
