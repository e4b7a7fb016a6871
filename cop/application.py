"""The application factory."""

from functools import partial

from flask import Flask

from cop import wiring
from cop.cases import own_keys
from cop.config import Settings, load
from cop.members import current
from cop.platform import (
    compression,
    db,
    i18n,
    keys,
    live,
    ratelimit,
    security_headers,
    sent_forms,
    storage,
    web,
)
from cop.platform.mail import addresses, sending


def create_app(settings: Settings | None = None) -> Flask:
    """The application.

    Args:
        settings: read from the environment when not given.

    Raises:
        ConfigError: a setting is missing or wrong.
    """
    settings = settings or load()
    app = web.Site(
        "cop", root_path=str(web.TOP), static_folder="static", template_folder="templates"
    )
    web.configure(app, settings)
    compression.init_app(app)  # first in, last to see an answer
    keys.init_app(app, settings.keys)
    db.init_app(app, settings.database_url)
    storage.init_app(app, settings.data_dir, settings.max_upload_bytes)
    own_keys.init_app(app, settings.case_keys)
    sending.init_app(app, settings)
    addresses.init_app(app, settings)
    ratelimit.init_app(app, settings.redis_url, enabled=settings.env != "test")
    i18n.init_app(app, current.reader)
    current.init_app(app)
    security_headers.init_app(app, settings.base_url)
    web.init_app(app)
    wiring.init_app(app)
    live.init_app(app, settings.base_url, settings.redis_url, web.async_mode(), current.behind)
    # Last in, first to see an answer: others see its error page.
    app.after_request(partial(db.finish, note=sent_forms.note))
    return app
