"""The policy of a page is what the table allows, whatever stands in the manifest."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st
from tests.lint.conftest import FILES, write_app

from forgesim.lint.check import inspect
from forgesim.lint.csp import BASE, KINDS, Refused, policy
from forgesim.lint.frontend import Markup, read_markup
from forgesim.manifest.addresses import address_fault
from forgesim.manifest.manifest_permissions import EGRESS_KINDS
from forgesim.manifest.model import EgressEntry

HOSTILE = st.text("abc.*-:/?#@ ;'\"\n\r\t\0%,\\é", max_size=30) | st.sampled_from(
    [
        "https://a.b; script-src *", "myapp:; script-src *", "a.b\nscript-src *", "'unsafe-inline'",
        "a.b 'unsafe-eval'", "a.b, default-src *", "https://a.b/;img-src", "data:", "blob:", "https:", "*",
        "http://a.b", "a.b\x85c", "a.b\u2028c", "a.b\x0c'unsafe-inline'", "javascript:x", "https://a.b/%3Bscript-src%20*",
    ]
)  # fmt: skip
ENTRIES = st.lists(st.builds(EgressEntry, kind=st.sampled_from(EGRESS_KINDS), address=HOSTILE | st.text()), max_size=8)
HASHES = st.text("Az09+/=;' *", min_size=44, max_size=44).map("sha256-{}".format)
OPTIONS = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "blob:")
HASH = re.compile(r"'sha(256|384|512)-[A-Za-z0-9+/=]+'")


def parsed(header: str) -> list[tuple[str, list[str]]]:
    """A header as a browser reads it: directives end with a semicolon, sources with ASCII white space."""
    directives = [re.split(r"[\t\n\f\r ]+", part.strip("\t\n\f\r ")) for part in re.split("[;,]", header)]
    return [(name.lower(), sources) for name, *sources in directives]


@given(ENTRIES, st.lists(HOSTILE | HASHES | st.sampled_from(OPTIONS) | st.integers(), max_size=4), st.text())
@example([], ["sha256-" + "; script-src *".ljust(44, "A")], "")
@example([EgressEntry(kind="images", address="myapp:; script-src *")], ["unsafe-inline; script-src *"], "")
def test_no_address_and_no_option_adds_a_directive_or_a_source_of_its_own(
    entries: list[EgressEntry], options: list[object], page: str
) -> None:
    csp = policy(entries, options, options, read_markup(page))
    found = parsed(csp.header)
    assert [name for name, _ in found] == list(BASE)
    for name, sources in found:
        asked = {entry.address for entry in entries if KINDS.get(entry.kind) == name}
        more = [source for source in sources if source not in asked and source not in BASE[name]]
        assert [source for source in sources if source in BASE[name]] == list(BASE[name])
        assert all(source in OPTIONS or HASH.fullmatch(source) for source in more)
        assert not more or name in ("script-src", "style-src")


@given(ENTRIES)
def test_a_declared_address_gets_into_its_directive_or_is_refused(entries: list[EgressEntry]) -> None:
    csp = policy(entries)
    for entry in entries:
        if entry.kind in KINDS:
            good = address_fault(entry.address) is None
            base = BASE[KINDS[entry.kind]]
            assert (entry.address in csp.directives[KINDS[entry.kind]]) is (good or entry.address in base)
            assert any((each.kind, each.text) == (entry.kind, entry.address) for each in csp.refused) is not good


@given(st.text(max_size=200))
def test_any_text_is_a_page(text: str) -> None:
    assert isinstance(read_markup(f"<![x[{text}"), Markup)
    assert isinstance(read_markup(text), Markup)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_widens_one_directive_alone(kind: str) -> None:
    csp = policy([EgressEntry(kind=kind, address="https://a.example")])
    assert [name for name in BASE if csp.directives[name] != BASE[name]] == [KINDS[kind]]


def test_the_back_end_and_navigation_widen_nothing() -> None:
    csp = policy([EgressEntry(kind=kind, address="a.example") for kind in ("fetch.backend", "navigation")])
    assert csp.directives == BASE


def digest(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def test_inline_scripts_are_allowed_by_their_hashes() -> None:
    others = "<!-- <script>no</script> --><script src=x.js>no</script>"
    text = f"<script>a < 'b'</script>{others}<SCRIPT type=module>\nc\n</SCRIPT>"
    csp = policy([], markup=read_markup(text))
    assert csp.directives["script-src"][len(BASE["script-src"]) :] == (digest("a < 'b'"), digest("\nc\n"))


def test_with_unsafe_inline_there_are_no_hashes() -> None:
    csp = policy([], ["unsafe-inline", "unsafe-eval"], markup=read_markup("<script>a</script>"))
    assert csp.directives["script-src"][-2:] == ("'unsafe-inline'", "'unsafe-eval'")


def test_what_is_refused_is_told() -> None:
    csp = policy([EgressEntry(kind="images", address="http://a.b")], ["x"])
    assert csp.refused[1] == Refused("images", "http://a.b", "http: addresses are refused")
    assert [each.kind for each in csp.refused] == ["content.scripts", "images"]


def test_old_pages_may_ask_for_inline_styles_in_a_meta_element() -> None:
    meta = '<meta http-equiv="Content-Security-Policy" content="img-src x; style-src \'unsafe-inline\'">'
    assert policy([], markup=read_markup(meta)).directives["style-src"][-1] == "'unsafe-inline'"
    assert policy([], markup=read_markup(meta.replace("style", "script"))).directives == BASE


def test_each_page_of_an_app_has_its_policy(tmp_path: Path) -> None:
    manifest = FILES["manifest.yml"].replace(
        "  - {key: main, path: static}",
        "  - {key: main, path: static, entry: {a: a.html, b: b.html, c: ../../c.html}}\n  - {key: kit, path: kit}",
    )  # fmt: skip
    manifest = manifest.replace(
        "  function:", "    - {key: k, title: K, route: k, resource: kit, render: native}\n  function:"
    )
    (tmp_path / "c.html").write_text("<script>outside</script>")
    app = write_app(
        tmp_path / "app",
        {"manifest.yml": manifest, "static/a.html": "<script>1</script>", "static/b.html": "", "kit/index.html": "x"},
    )
    found = {page.file: csp.directives["script-src"][-1] for page, csp in inspect(app).csp}
    assert found == {"static/a.html": digest("1"), "static/b.html": BASE["script-src"][-1]}


def test_the_table_has_every_kind_of_egress() -> None:
    assert set(KINDS) | {"fetch.backend", "navigation"} == set(EGRESS_KINDS)


def test_what_a_manifest_asks_for_stands_in_its_directive_beside_forges_own() -> None:
    entries = [
        EgressEntry(kind="fetch.client", address="api.a.example"),
        EgressEntry(kind="scripts", address="*.b.example"),
    ]
    csp = policy(entries, ("unsafe-eval",), (), read_markup("<script>1</script>"))
    assert list(csp.directives) == [
        "default-src", "frame-ancestors", "frame-src", "font-src", "img-src", "media-src", "connect-src", "script-src",
        "style-src", "form-action", "sandbox", "report-uri",
    ]  # fmt: skip
    added = {name: set(sources) - set(BASE[name]) for name, sources in csp.directives.items()}
    assert {name: sources for name, sources in added.items() if sources} == {
        "connect-src": {"api.a.example"}, "script-src": {"*.b.example", "'unsafe-eval'", digest("1")},
    }  # fmt: skip
