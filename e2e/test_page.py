"""The page is in the program: a page built after the program is there at its next build, and goes with it."""

import os
import subprocess
from pathlib import Path

import pytest
import requests

from conftest import BINARY, ROOT

DIST = ROOT / "web/dist"
WRITTEN = DIST / "built-later.txt"


def build() -> None:
    cargo = os.environ.get("CARGO", "cargo")
    subprocess.run([cargo, "build", "--quiet", "--locked", "--bin", "askwell"], cwd=ROOT, check=True)


@pytest.mark.skipif(
    BINARY.resolve() != ROOT / "target/debug/askwell" or not Path(DIST / "index.html").exists(),
    reason="another program is tested, or there is no page",
)
def test_a_page_that_is_built_later_is_embedded_at_the_next_build(make_server):
    WRITTEN.write_text("as built")
    try:
        build()
        server = make_server().start()
        found = requests.get(f"{server.url}/{WRITTEN.name}")
        assert (found.status_code, found.text) == (200, "as built")
        server.stop()
    finally:
        WRITTEN.unlink()
        build()
    server = make_server().start()
    assert requests.get(f"{server.url}/{WRITTEN.name}").status_code == 404
    assert requests.get(f"{server.url}/").status_code == 200


def test_the_page_comes_compressed_and_names_files_that_are_there(server):
    plain = requests.get(f"{server.url}/", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    small = requests.get(f"{server.url}/", headers={"Accept-Encoding": "gzip"})
    assert small.headers["Content-Encoding"] == "gzip" and small.text == plain.text
    assert small.headers["ETag"] != plain.headers["ETag"]
    again = requests.get(f"{server.url}/", headers={"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]})
    assert again.status_code == 304 and not again.content
    named = [part for part in plain.text.split('"') if part.startswith("/") and "." in part]
    assert any(part.startswith("/assets/") for part in named)
    for path in named:
        reply = requests.get(server.url + path)
        assert reply.status_code == 200 and reply.content, path
        assert ("immutable" in reply.headers["Cache-Control"]) == path.startswith("/assets/"), path
    deep = requests.get(f"{server.url}/r/anything", headers={"Accept": "text/html"})
    assert deep.text == plain.text
