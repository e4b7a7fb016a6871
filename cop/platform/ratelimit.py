"""How often a thing may be done, against guessing and flooding.

Counts live in Redis when there is one (several web processes share them), else in this process.
"""

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user


def counted() -> str:
    """Counts per member, wherever they sit and however often they sign in; visitors per address.

    Never members per address: a whole room of them sits behind one, as at a kennismarkt. Never by
    the sign-in's token: the counts may stand in Redis, where no secret belongs.
    """
    asks = current_user.actor
    return str(asks.audit_id) if asks.is_member else get_remote_address()


limiter = Limiter(counted, strategy="moving-window")


def went_wrong(response: Response) -> bool:
    """For `deduct_when` of what is counted per address: behind one address sit a whole room of
    people, as at a kennismarkt, and only who fails may be guessing."""
    return response.status_code >= 400


GUESSING = "10 per minute; 60 per hour"  # passwords, codes, links by mail
CROWD = "60 per minute; 300 per hour"  # what a room of people asks for from one address
MAILING = "8 per 30 minutes; 20 per day"  # mails to one address that somebody can have sent
WRITING = "30 per minute; 400 per hour"  # posts and the like, per member or address


def init_app(app: Flask, redis_url: str | None, enabled: bool = True) -> None:
    uri = "memory://"
    if redis_url:
        uri = redis_url.replace("unix://", "redis+unix://", 1)
    app.config["RATELIMIT_STORAGE_URI"] = uri
    app.config["RATELIMIT_ENABLED"] = enabled
    app.config["RATELIMIT_HEADERS_ENABLED"] = False
    # Without Redis for a while each process counts by itself: looser, but nobody is shut out.
    app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = bool(redis_url)
    limiter.init_app(app)
