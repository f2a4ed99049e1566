"""``--live-egress`` on the command line: announced before anything runs, and an option of ``run`` alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.test_bad_input import forgesim

from tests.conftest import MANIFEST, TRUST

HOST = "api.example.com"
DECLARED = f"  external:\n    fetch:\n      backend: ['https://{HOST}']\n"
QUIET = '@resolver.define("call")\nasync def call(request):\n    return 7\n'

PARTY = f"""\
subprocessors:
  - {{name: Example, hosts: [{HOST}], purpose: a test, location: United States, retention: none, receives: counts}}
"""
TRUST_WITH = TRUST.replace("subprocessors: []\n", PARTY).replace(
    "sends: {}", "sends: {counts: {method: const POST, path: const /}}"
)


@pytest.fixture
def app(make_app: Callable[..., Path]) -> str:
    """An app that may reach ``HOST`` and does not: no test of this page asks for a name."""
    return str(make_app(QUIET, manifest=MANIFEST + DECLARED, trust=TRUST_WITH))


def test_a_live_run_is_announced_on_stderr_and_named_in_the_json(app: str, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.jsonl"
    ran = forgesim("run", app, "call", "--live-egress", HOST, "--allow-loopback", "--json", "--ledger", str(ledger))
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.startswith(f"forgesim: LIVE EGRESS: requests to {HOST} really leave this machine")
    assert "--allow-loopback" in ran.stderr
    assert (json.loads(ran.stdout)["result"], json.loads(ran.stdout)["live"]) == (7, {HOST: 0})
    assert json.loads(ledger.read_text().splitlines()[1])["live"] == [HOST]


def test_a_live_run_says_in_words_that_it_proves_nothing(app: str) -> None:
    ran = forgesim("run", app, "call", "--live-egress", HOST)
    words = " ".join(ran.stdout.split())
    assert f"live, out of this machine: {HOST} 0 · a run that cannot be repeated, and proves nothing" in words
    assert "HOLDS" not in ran.stdout


def test_a_run_without_it_says_nothing_of_it(app: str) -> None:
    ran = forgesim("run", app, "call", "--json")
    assert (ran.stderr, "live" in json.loads(ran.stdout)) == ("", False)


def test_it_is_announced_before_the_app_is_loaded(app: str) -> None:
    with (Path(app) / "src" / "index.py").open("a") as source:
        source.write("\nraise RuntimeError('loaded')\n")
    ran = forgesim("run", app, "call", "--live-egress", HOST)
    assert (ran.returncode, "LIVE EGRESS" in ran.stderr) == (5, True)


@pytest.mark.parametrize("command", ["prove", "lint", "judge", "fuzz"])
def test_no_other_command_takes_it(app: str, command: str) -> None:
    ran = forgesim(command, app, "--live-egress", HOST)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "No such" in ran.stderr


WRONG = {
    "a wildcard": (["--live-egress", "*.example.com"], "is no host name"),
    "everything": (["--live-egress", "*"], "is no host name"),
    "a URL": (["--live-egress", f"https://{HOST}/"], "is no host name"),
    "an undeclared host": (["--live-egress", "evil.example"], "evil.example is no declared host"),
    "loopback alone": (["--allow-loopback"], "belongs to --live-egress"),
    "an authority that is not there": (["--live-egress", HOST, "--live-ca", "no.pem"], "no.pem"),
}


@pytest.mark.parametrize(("options", "says"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_go_live_is_one_error_and_nothing_runs(app: str, options: list[str], says: str) -> None:
    ran = forgesim("run", app, "call", *options)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr
    assert "LIVE EGRESS" not in ran.stderr
