"""Redis is a wake-up and a counter, never the truth: without it pages go on."""

from pathlib import Path

import pytest

from cop import create_app
from cop.platform.db import db
from cop.platform.ratelimit import limiter
from tests.conftest import make_settings
from tests.support.servers import Redis


def test_pages_and_limits_go_on_without_redis(
    database_urls: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis = Redis()
    settings = make_settings(
        database_urls["sqlite"], tmp_path, env="development", redis_url=redis.url
    )
    monkeypatch.setattr(limiter, "enabled", limiter.enabled)  # one limiter serves all apps here
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False  # what counts here is how often, not from where
    client = app.test_client()
    form = {"email": "niemand@example.org", "password": "helemaal niet goed"}
    assert client.post("/inloggen", data=form).status_code < 500
    redis.stop()
    codes = [client.post("/inloggen", data=form).status_code for _ in range(15)]
    assert max(codes) < 500
    assert codes[-1] == 429  # counted by this process meanwhile
    assert client.get("/").status_code == 200
    with app.app_context():
        db.engine.dispose()
