"""What `deploy/` hands out fits the application: limits, ports, sockets, and what is written down.

The files are read here as nginx and systemd read them, so that no machine needs either for it.
"""

import re
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cop.platform.live.sockets import PING_SECONDS

TOP = Path(__file__).resolve().parents[2]
UNITS = {"8001": "cop-pages.service", "8002": "cop-live.service"}
CROWD = 1000  # phones behind the address of one hall: as many as one live process serves
TOKEN = re.compile(r"#[^\n]*|\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)'|([{};])|([^\s{};]+)")
SIZES = {"k": 1024, "m": 1024**2}
# All that a line of the log may hold: nothing of these says who somebody is or what they read.
LOGGED = {"$time_iso8601", "$request_method", "$status", "$body_bytes_sent", "$request_time"}
CONFIDENTIAL = ("beraad", "cases", "contacts", "groups", "intervisie", "sessions")


@dataclass
class Block:
    """A `{ … }` of the configuration, with what holds in it as well from the blocks around."""

    name: list[str]
    above: "Block | None" = None
    own: list[list[str]] = field(default_factory=list)
    blocks: list["Block"] = field(default_factory=list)

    def all(self, name: str) -> list[list[str]]:
        """The arguments of a directive, each time it is given; a block's own replace others."""
        here = [rest for first, *rest in self.own if first == name]
        if here or self.above is None:
            return here
        return self.above.all(name)

    def value(self, name: str) -> str:
        (said,) = self.all(name)
        return " ".join(said)

    def size(self, name: str) -> int:
        said = self.value(name)
        return int(said[:-1]) * SIZES[said[-1]]

    def inside(self, *name: str) -> "Block":
        (found,) = [one for one in self.walk() if one.name[: len(name)] == list(name)]
        return found

    def walk(self) -> Iterator["Block"]:
        for one in self.blocks:
            yield one
            yield from one.walk()


def read(text: str) -> Block:
    top = here = Block([])
    words: list[str] = []
    for found in TOKEN.finditer(text):
        said = found[found.lastindex] if found.lastindex else ""
        if found[3] is None:
            words = [*words, said] if found.lastindex else words  # else it is a comment
            continue
        if said == ";":
            here.own.append(words)
        elif said == "{":
            here.blocks.append(Block(words, here))
            here = here.blocks[-1]
        else:
            assert here.above is not None
            here = here.above
        words = []
    assert here is top
    return top


@pytest.fixture(scope="module")
def nginx() -> Block:
    return read((TOP / "deploy" / "nginx" / "cop.conf").read_text())


@pytest.fixture
def database() -> str:
    return "sqlite"


def test_nginx_takes_what_the_application_takes_and_refuses_no_hall(app, nginx) -> None:
    site = nginx.inside("location", "/")
    assert site.size("client_max_body_size") > app.config["MAX_CONTENT_LENGTH"]
    assert site.size("client_body_buffer_size") == 1024**2
    assert int(site.all("limit_conn")[0][1]) >= 6 * 50  # fifty who load a page, six at a time each
    sockets = nginx.inside("location", "/socket.io/")
    assert sockets.all("limit_conn") == [["cop_sockets", str(2 * CROWD)]]  # who reloads has two
    zones = [zone.partition(":")[0] for _key, zone in nginx.all("limit_conn_zone")]
    assert zones == ["zone=cop_addresses", "zone=cop_sockets"]
    # Confidential forms have no files, so that a body which fits in memory is enough for them.
    (inside,) = site.blocks[:1]
    assert inside.name[:2] == ["location", "~"]
    assert inside.size("client_max_body_size") == inside.size("client_body_buffer_size")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in CONFIDENTIAL:
            assert re.match(inside.name[2], rule.rule), rule
    for room in CONFIDENTIAL:
        for page in (TOP / "templates" / room).rglob("*.html"):
            assert "multipart/form-data" not in page.read_text(), page


def test_nginx_lets_sockets_through_and_keeps_each_at_its_process(app, nginx) -> None:
    sockets = nginx.inside("location", "/socket.io/")
    said = dict(sockets.all("proxy_set_header"))
    assert (said["Upgrade"], said["Connection"]) == ("$http_upgrade", "$cop_connection")
    # To the process itself nothing is said of a connection that stays open for other requests.
    assert nginx.inside("map", "$http_upgrade").own == [["default", "upgrade"], ["", ""]]
    assert sockets.value("proxy_http_version") == "1.1"
    assert sockets.value("proxy_buffering") == "off"
    assert int(sockets.value("proxy_read_timeout").removesuffix("s")) > 3 * PING_SECONDS
    live = nginx.inside("upstream", "cop_live")
    assert live.all("hash") == [["$cop_who", "consistent"]]
    assert "__Host-cop=" in nginx.inside("map", "$http_cookie").own[1][0]


def test_nginx_says_who_asks_to_the_application_and_to_nobody_else(nginx) -> None:
    for place in nginx.walk():
        if not place.all("proxy_pass"):
            continue
        said = dict(place.all("proxy_set_header"))
        assert said["Host"] == "$host", place.name
        # One proxy stands in front (COP_PROXIES=1), and what a visitor says of themselves is gone.
        assert said["X-Forwarded-For"] == "$remote_addr", place.name
        assert (said["X-Forwarded-Proto"], said["X-Forwarded-Host"]) == ("$scheme", "$http_host")
    ((name, *line),) = nginx.all("log_format")
    assert set(" ".join(line).split()) == LOGGED
    for place in (one for one in nginx.walk() if one.name[0] in ("server", "location")):
        assert place.all("access_log") in ([["off"]], [["/var/log/nginx/cop.log", name]]), place
        assert place.value("error_log").endswith(" crit"), place  # others name address and path


def test_each_kind_of_process_is_where_nginx_looks_for_it(nginx) -> None:
    ports = []
    for block in (one for one in nginx.blocks if one.name[0] == "upstream"):
        for address, *_more in block.all("server"):
            ports.append(address.rpartition(":")[2])
    assert ports == list(UNITS)
    for port, name in UNITS.items():
        unit = ConfigParser(strict=False, interpolation=None)
        unit.optionxform = str  # type: ignore[assignment,method-assign]  # as the library says
        unit.read(TOP / "deploy" / "systemd" / name)
        service = unit["Service"]
        assert service["Environment"] == f"PORT={port}"
        folder = service["WorkingDirectory"]
        assert nginx.inside("location", "/static/").value("alias") == f"{folder}/static/"
    assert int(service["LimitNOFILE"]) > 5 * CROWD
