from __future__ import annotations

from pathlib import Path

import pytest

from forgesim.lint.check import lint, lint_folder
from forgesim.lint.egress import covers
from forgesim.manifest.load import load_app

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/5f0d7c1e-3c1b-4b4e-9a53-0f2f6f6a1d01
  runtime: {name: nodejs22.x}
permissions:
  scopes: [read:page:confluence]
  external:
    fetch:
      backend:
        - {address: https://us.i.posthog.com, category: analytics, inScopeEUD: false}
modules:
  confluence:spacePage:
    - {key: page, title: P, route: p, resource: main, resolver: {function: resolver}}
  function:
    - {key: resolver, handler: index.handler}
resources:
  - {key: main, path: static}
"""
TRUST = """\
app: tiny
subprocessors:
  - {name: PostHog, hosts: [us.i.posthog.com], purpose: p, location: l, retention: r, receives: usage}
sends:
  usage: {method: const POST, path: const /capture/}
stores:
  - {in: kvs, key: "page:{page}", value: int 0..9}
scenarios:
  - {name: n, steps: [{call: scan}]}
"""
SCOPES = frozenset({"read:page:confluence"})
ENTRY = "        - {address: https://us.i.posthog.com, category: analytics, inScopeEUD: false}\n"


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "static").mkdir()
    (tmp_path / "manifest.yml").write_text(MANIFEST)
    (tmp_path / "trust.yml").write_text(TRUST)
    (tmp_path / "src" / "index.py").write_text("handler = None\n")
    return tmp_path


def test_a_tidy_app_has_no_findings(app: Path) -> None:
    assert lint(load_app(app), known_scopes=SCOPES) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "what", "line", "warning"),
    [
        ("manifest.yml", "[read:page:confluence]", "[read:page:x]", "unknown scope 'read:page:x'", 5, True),
        (
            "manifest.yml",
            ENTRY,
            ENTRY + "        - {address: '*'}\n",
            "'*' lets fetch.backend reach any host",
            10,
            True,
        ),
        ("manifest.yml", ENTRY, ENTRY + "        - {address: '*.com'}\n", "reaches every host under .com", 10, True),
        (
            "manifest.yml",
            ENTRY,
            ENTRY + "        - {address: '*.eu.amazonaws.com'}\n",
            "reaches hosts that anybody can register",
            10,
            True,
        ),
        ("manifest.yml", ENTRY, ENTRY + "        - {address: 10.0.0.1}\n", "10.0.0.1 is an IP address", 10, True),
        (
            "manifest.yml",
            ENTRY,
            ENTRY + "        - {address: a.b}\n",
            "fetch.backend may reach a.b, which no",
            10,
            False,
        ),
        (
            "manifest.yml",
            "    fetch:\n",
            "    images: [{address: a.b}]\n    fetch:\n",
            "images may reach a.b, which no",
            7,
            True,
        ),
        (
            "manifest.yml",
            ENTRY,
            ENTRY + "        - us.i.posthog.com\n",
            "a plain text entry in fetch.backend",
            10,
            True,
        ),
        ("manifest.yml", ", inScopeEUD: false", "", "counts as carrying end-user data", 9, True),
        (
            "trust.yml",
            "[us.i.posthog.com]",
            "[us.i.posthog.com, a.b]",
            "PostHog's host a.b is not in manifest.yml",
            3,
            False,
        ),
        ("trust.yml", ", receives: usage", "", "PostHog receives nothing that is declared", 3, True),
        ("trust.yml", ", receives: usage", "", "nobody receives 'usage'", 5, True),
        ("trust.yml", "in: kvs", "in: entity scores", "there is no entity 'scores'", 7, True),
        ("trust.yml", "[{call: scan}]", "[{fail: a.b, with: 500}]", "no subprocessor has the host a.b", 9, True),
        ("trust.yml", "scenarios:\n  - {name: n, steps: [{call: scan}]}\n", "", "has no scenarios", None, True),
        ("trust.yml", ", location: l", "", "PostHog does not say its location", 3, True),
        (
            "manifest.yml",
            "  function:\n",
            "  trigger:\n    - {key: t, function: resolver, events: ['avi:jira:created:issue']}\n  function:\n",
            "waits for avi:jira:created:issue, and no scope reads jira",
            14,
            False,
        ),
        ("manifest.yml", "path: static", "path: build", "the resource 'main' has no folder or file build", None, True),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) and "{" not in value and "\n" not in value else "",
)
def test_each_finding_has_its_file_line_and_weight(
    app: Path, file: str, old: str, new: str, what: str, line: int | None, warning: bool
) -> None:
    text = (app / file).read_text()
    assert old in text
    (app / file).write_text(text.replace(old, new))
    found = [problem for problem in lint_folder(app, known_scopes=SCOPES) if what in problem.what]
    assert [(problem.file, problem.line, problem.warning) for problem in found] == [(str(app / file), line, warning)]


def test_analytics_is_for_the_documented_tools_only(app: Path) -> None:
    for name in ("manifest.yml", "trust.yml"):
        (app / name).write_text((app / name).read_text().replace("us.i.posthog.com", "stats.example.com"))
    (found,) = lint_folder(app, known_scopes=SCOPES)
    assert found.what == "stats.example.com is not among the documented analytics tools"


def test_what_cannot_be_loaded_is_found_by_lint_too(app: Path) -> None:
    (app / "trust.yml").unlink()
    (found,) = lint_folder(app, known_scopes=SCOPES)
    assert not found.warning
    assert "there is no such file" in found.what


@pytest.mark.parametrize(
    ("pattern", "host", "covered"),
    [
        ("a.b", "a.b", True),
        ("*.a.b", "x.a.b", True),
        ("*.a.b", "y.x.a.b", True),
        ("*.a.b", "*.x.a.b", True),
        ("*.a.b", "*.a.b", True),
        ("*.a.b", "a.b", False),
        ("*.a.b", "xa.b", False),
        ("a.b", "*.a.b", False),
        ("*", "a.b", True),
    ],
)
def test_a_wildcard_covers_what_is_under_it(pattern: str, host: str, covered: bool) -> None:
    assert covers(pattern, host) is covered
