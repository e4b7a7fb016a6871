"""What the tests of markets share."""

import pytest

from cop.markets.announcing import Terms
from tests.gatherings.conftest import mails, set_clock
from tests.markets.making import TERMS, Fair

__all__ = ["mails", "set_clock"]


@pytest.fixture
def fair(make):
    """`fair(host, terms)`: a market that this member announced."""

    def fair(host, terms: Terms = TERMS, **details: object) -> Fair:
        return Fair(make, host, terms, **details)

    return fair
