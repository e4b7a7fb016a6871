"""`/gezond`: a load balancer asks here whether this process can serve. It tells nothing else."""

import logging

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from cop.platform.db import reading

blueprint = Blueprint("health", __name__)
log = logging.getLogger("cop.health")


@blueprint.get("/gezond")
def healthy() -> ResponseReturnValue:
    """200 when the database answers, else 503."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return {"ok": False}, 503
    return {"ok": True}
