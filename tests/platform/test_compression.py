"""Pages and static files travel compressed to whoever asks for it, and arrive the same."""

import gzip

import pytest

from cop.platform.compression import bare_css, packed


@pytest.mark.parametrize("path", ["/inloggen", "/static/css/site.css", "/static/js/site.js"])
def test_it_arrives_the_same_and_smaller(browser, path):
    plain = browser().get(path)
    small = browser().get(path, headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert int(small.headers["Content-Length"]) < len(plain.data) / 2
    unpacked = gzip.decompress(small.data)
    if path.startswith("/static/"):
        assert unpacked == (bare_css(plain.data) if path.endswith(".css") else plain.data)
        assert small.headers["Cache-Control"] == plain.headers["Cache-Control"]
    else:
        assert b"</html>" in unpacked
    plain.close()


def test_styles_lose_what_only_people_read():
    css = b"""/* Why. */
@layer a, b;
.x::before { content: "/* kept */"; }
@media (width > 3em) {
  /* two
     lines */
  .x[title='/* kept */'] { color: red } /* why */
}
"""
    assert bare_css(css) == (
        b'\n@layer a, b;\n.x::before { content: "/* kept */"; }\n@media (width > 3em) {\n'
        b".x[title='/* kept */'] { color: red } \n}\n"
    )


@pytest.mark.parametrize("asked", ["", "br", "gzip;q=0", "identity"])
def test_whoever_does_not_ask_gets_it_plain(browser, asked):
    answer = browser().get("/inloggen", headers={"Accept-Encoding": asked})
    assert "Content-Encoding" not in answer.headers
    assert b"</html>" in answer.data


def test_pictures_and_fonts_are_left_alone(browser):
    font = "/static/vendor/atkinson-hyperlegible-next-5.3.0/latin-400-750.woff2"
    answer = browser().get(font, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers
    answer.close()


def test_an_unchanged_file_is_not_sent_again(browser):
    visitor, asking = browser(), {"Accept-Encoding": "gzip"}
    first = visitor.get("/static/css/site.css", headers=asking)
    asking["If-None-Match"] = first.headers["ETag"]
    again = visitor.get("/static/css/site.css", headers=asking)
    assert again.status_code == 304
    first.close()
    again.close()


def test_the_length_of_a_page_is_blurred():
    body = b"geheim" * 500
    made = [packed(body, 1, "x" * 64) for _ in range(60)]
    assert {gzip.decompress(m) for m in made} == {body}
    assert len({len(m) for m in made}) > 10
    assert len(packed(body, 1)) == len(packed(body, 1))
