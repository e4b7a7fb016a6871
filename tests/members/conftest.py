"""Members of this room's tests read English, so that their mails are the source's own texts."""

from typing import Any

import pytest

from cop.members.models import Member
from tests.support.factories import Factory


class EnglishFactory(Factory):
    def member(self, name: str = "", **values: Any) -> Member:
        return super().member(name, **({"language": "en"} | values))


@pytest.fixture
def make(app: Any) -> Factory:
    return EnglishFactory()
