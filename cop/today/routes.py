"""The home page."""

from flask import Blueprint, render_template

blueprint = Blueprint("today", __name__)


@blueprint.get("/")
def home() -> str:
    return render_template("today/visitor.html")
