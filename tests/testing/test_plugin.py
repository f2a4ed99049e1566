"""The pytest plugin in a pytest of its own, as a user's project runs it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from typing import Any

import pytest

SOURCE = """\
@resolver.define("call")
async def call(request):
    await kvs.set("count", 3)
    return {"who": request.context.account_id, "payload": request.payload}


@resolver.define("fails")
async def fails(request):
    raise ValueError("no luck")


@resolver.define("pages")
async def pages(request):
    answer = await api.fetch("https://evil.example/")
    import datetime
    return {"status": answer.status, "year": datetime.datetime.now().year}
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, make_app: Any) -> Run:
    """Runs these tests beside an app under ``apps/bare``, in a process of its own."""
    shutil.copytree(make_app(SOURCE), pytester.path / "apps" / "bare")
    pytester.makeini("[pytest]\nfilterwarnings = error\n")

    def run_tests(*tests: str, arguments: tuple[str, ...] = ()) -> pytest.RunResult:
        pytester.makepyfile("\n\n".join(("import pytest", *tests)))
        return pytester.runpytest_subprocess("-p", "no:randomly", *arguments)

    return run_tests


def test_an_app_is_installed_called_and_looked_at(run: Run) -> None:
    result = run(
        """
def test_it(forge):
    site = forge.site("demo", seed=1)
    people = {user.handle: user.account_id for user in site.users.values()}
    app = forge.install("apps/bare", site)
    assert app.invoke("call", {"id": "$space.id"}) == {
        "who": people["alice"], "payload": {"id": site.variables["space.id"]}}
    assert app.invoke("call", user="bob")["who"] == people["bob"]
    app.invoke("call", [])
    assert [each.open.input for each in forge.ledger.invocations.values()][-1] == []
    before = forge.ledger
    assert [c.decided.target for c in before.crossings if c.decided.channel == "kvs"] == ["count"] * 3
    app.invoke("call")
    assert len(forge.ledger.crossings) == len(before.crossings) + 2
"""
    )
    result.assert_outcomes(passed=1)


def test_what_the_app_raises_is_told_with_the_apps_line(run: Run) -> None:
    result = run(
        """
from forgesim.errors import AppError, InputError

def test_raises(forge):
    with pytest.raises(AppError) as caught:
        forge.install("apps/bare").invoke("fails")
    assert (caught.value.type, caught.value.message) == ("ValueError", "no luck")
    assert caught.value.at == "src/index.py:15"

def test_seen(forge):
    forge.install("apps/bare").invoke("fails")

def test_names(forge):
    app = forge.install("apps/bare")
    with pytest.raises(InputError, match="did you mean 'call'"):
        app.invoke("cal")
    with pytest.raises(InputError, match="no user 'mallory'"):
        app.invoke("call", user="mallory")

def test_path(forge):
    forge.install("apps/nothing")

def test_nothing_installed(forge):
    with pytest.raises(InputError, match="install"):
        forge.ledger
"""
    )
    result.assert_outcomes(passed=3, failed=2)
    result.stdout.fnmatch_lines(["E*AppError: ValueError: no luck at src/index.py:15"])
    result.stdout.fnmatch_lines(["E*InputError: *apps/nothing*"])


def test_assertions_say_what_they_found(run: Run) -> None:
    result = run(
        """
from forgesim.testing import assert_broken, assert_denied, assert_holds

def egress(forge):
    forge.install("apps/bare").invoke("pages")
    return [c for c in forge.ledger.crossings if c.decided.channel == "egress"][0]

def test_denied(forge):
    assert_denied(egress(forge))
    assert_denied(egress(forge), "undeclared")

def test_another_rule(forge):
    assert_denied(egress(forge), "port")

def test_allowed(forge):
    forge.install("apps/bare").invoke("call")
    assert_denied(forge.ledger.crossings[0])

def test_holds(forge):
    verdicts = forge.prove("apps/bare", trials=1)
    assert_holds(verdicts, "only_reads_content")
    with pytest.raises(AssertionError, match="no verdict on no_such_claim; there are only_reads_content"):
        assert_holds(verdicts, "no_such_claim")
    with pytest.raises(AssertionError, match="only_reads_content alone should be BROKEN"):
        assert_broken(verdicts, "only_reads_content")

def test_all_hold(forge):
    assert_holds(forge.prove("apps/bare", trials=0))
"""
    )
    result.assert_outcomes(passed=2, failed=3)
    result.stdout.fnmatch_lines(["E*egress GET https://evil.example/ was refused by 'undeclared', not by 'port'"])
    result.stdout.fnmatch_lines(["E*kvs set count was allowed by the rule 'scope'"])
    result.stdout.fnmatch_lines(["E*stores_only_aggregates: UNPROVEN: *"])


PROVES = """
def test_proves_{}(forge):
    forge.prove("apps/bare", trials=1)
"""


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_the_summary_tells_what_was_proved_once(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(PROVES.format("one"), PROVES.format("two"), "def test_other(): pass", arguments=arguments)
    result.assert_outcomes(passed=3)
    lines = [line for line in result.outlines if line.startswith("test_proves_")]
    assert sorted(line.split(":")[0] for line in lines) == ["test_proves_one", "test_proves_two"]
    assert all("HOLDS" in line for line in lines)
    assert result.outlines.count("simulator, not Atlassian; not a certification") == 1


def test_nothing_is_told_where_nothing_was_proved_and_nothing_is_imported(run: Run) -> None:
    result = run(
        "import sys\n\ndef test_other():\n    assert not [m for m in sys.modules if m.startswith('forgesim.runtime')]"
    )
    result.assert_outcomes(passed=1)
    assert "forgesim: claims" not in result.stdout.str()


def test_errors_survive_xdist(run: Run) -> None:
    result = run(
        'def test_seen(forge):\n    forge.install("apps/bare").invoke("fails")',
        'def test_path(forge):\n    forge.install("apps/nothing")',
        arguments=("-n", "2"),
    )
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["E*AppError: ValueError: no luck at src/index.py:15"])


def test_a_users_own_clock_and_responses_do_not_disturb_it(run: Run) -> None:
    result = run(
        """
import datetime
import freezegun, requests, responses

@responses.activate
@freezegun.freeze_time("2001-02-03")
def test_it(forge):
    responses.get("https://own.example/", body="mine")
    app = forge.install("apps/bare")
    assert app.invoke("pages") == {"status": 403, "year": 2026}
    assert requests.get("https://own.example/").text == "mine"
    assert datetime.datetime.now().year == 2001
    verdicts = forge.prove(app, trials=1)
    assert "HOLDS" in {v.outcome for v in verdicts}
    assert requests.get("https://own.example/").text == "mine"
"""
    )
    result.assert_outcomes(passed=1)


def test_the_seed_and_the_walls_are_options(run: Run) -> None:
    result = run(
        """
def test_it(forge):
    app = forge.install("apps/bare")
    app.invoke("call")
    header, run = forge.ledger.header, forge.ledger.runs[1]
    assert (run.seed, header.confined, header.sandbox) == (7, False, "none")
""",
        arguments=("--forgesim-seed", "7", "--forgesim-allow-unconfined"),
    )
    result.assert_outcomes(passed=1)


def test_a_failing_test_leaves_no_process_and_no_warning(run: Run) -> None:
    result = run(
        """
import gc, os, pathlib, time

def children():
    return [p for p in pathlib.Path("/proc").glob("[0-9]*/stat")
            if p.read_text().rpartition(")")[2].split()[1] == str(os.getpid())]

def test_fails(forge):
    app = forge.install("apps/bare")
    app.invoke("call")
    forge.install("apps/bare", warm=True).invoke("call")
    assert False, "on purpose"

def test_after():
    gc.collect()
    assert children() == []
"""
    )
    result.assert_outcomes(passed=1, failed=1)


IN_VAIN = {
    'forge.install("nowhere")': "InputError: there is no app 'nowhere'",
    'forge.install("apps/bare").invoke("none")': "InputError: the app has no function 'none'",
    'forge.install("apps/bare").invoke("call", {"id": "$nowhere"})': "InputError: site .* has no .nowhere",
    'forge.install("apps/bare").invoke("fails")': "AppError: ValueError: no luck",
}


def test_what_is_asked_in_vain_fails_where_it_is_asked(run: Run) -> None:
    """Its line and one message: nobody has to read forgesim's own code, in a test or in a fixture."""
    tests = [f"def test_{number}(forge):\n    {wrong}" for number, wrong in enumerate(IN_VAIN)]
    tests += [f"@pytest.fixture\ndef made(forge):\n    {next(iter(IN_VAIN))}", "def test_it(made):\n    pass"]
    result = run(*tests)
    shown = [(f">       {re.escape(wrong)}", f"E       forgesim.errors.{says}.*") for wrong, says in IN_VAIN.items()]
    result.stdout.re_match_lines([line for lines in (shown[0], *shown) for line in lines])
    result.stdout.no_re_match_line(r".*forgesim/.*\.py:\d+")
    assert "forgesim/testing/kit.py" in run(*tests, arguments=("--full-trace",)).stdout.str()
