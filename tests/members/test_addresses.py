"""Which addresses an account can have."""

import pytest

from cop.members import addresses
from cop.platform.errors import Refused


def test_a_domain_is_kept_as_mail_servers_write_it(app):
    assert addresses.valid("A@Müller.example.org") == "a@xn--mller-kva.example.org"


def test_a_name_that_most_mail_servers_refuse_is_refused(app):
    with pytest.raises(Refused):
        addresses.valid("jörg@example.org")
