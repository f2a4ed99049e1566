"""``@pytest.mark.claim``, its options and the page, in a pytest of its own, as a user's project runs it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import TRUST

SOURCE = """\
@resolver.define("call")
async def call(request):
    await kvs.set("count", 3)
    return {"ok": True}
"""
HELD = "only_reads_content"
BROKEN = "asks_least_scopes"

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, make_app: Any, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs these tests beside the apps ``apps/bare`` and ``apps/other``; ``ini`` are lines of pytest's ini file."""
    for variable in ("CI", "BUILD_NUMBER"):  # where pytest sees one, its summary repeats each message in full
        monkeypatch.delenv(variable, raising=False)
    for name in ("bare", "other"):
        folder = make_app(SOURCE, name=name, trust=TRUST.replace("app: bare", f"app: {name}"))
        shutil.copytree(folder, pytester.path / "apps" / name)

    def run_tests(*tests: str, arguments: tuple[str, ...] = (), ini: str = "") -> pytest.RunResult:
        pytester.makeini(f"[pytest]\nfilterwarnings = error\nstrict_markers = true\n{ini}")
        pytester.makepyfile("\n\n".join(("import pytest", *tests)))
        return pytester.runpytest_subprocess("-p", "no:randomly", *arguments)

    return run_tests


def marked(name: str, *claims: str, body: str = "...", fixtures: str = "", **said: object) -> str:
    inside = ", ".join([*map(repr, claims), *(f"{key}={value!r}" for key, value in said.items())])
    return f"@pytest.mark.claim({inside})\ndef test_{name}({fixtures}):\n    {body}\n"


def test_a_test_passes_where_its_claims_hold_and_fails_with_the_reasons_where_not(run: Run) -> None:
    result = run(
        marked("held", HELD, app="apps/bare", trials=0),
        marked("broken", HELD, BROKEN, app="apps/bare", trials=0),
        marked("body", HELD, app="apps/bare", trials=0, body="assert False, 'its own'"),
    )
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["apps/bare does not keep its word:", "asks_least_scopes: BROKEN: *"])
    result.stdout.fnmatch_lines(["see all of it: forgesim prove apps/bare *"])
    result.stdout.fnmatch_lines(["E*its own"])
    assert result.stdout.str().count("held: ") == 1, "one proof for three tests"
    assert result.stdout.str().count("asks_least_scopes: BROKEN") == 1, "told once"
    assert " #0 " not in result.stdout.str()


def test_without_names_every_claim_that_is_made_has_to_hold(run: Run, pytester: pytest.Pytester) -> None:
    trust = pytester.path / "apps" / "bare" / "trust.yml"
    trust.write_text(trust.read_text().replace("claims: all", f"claims: [{HELD}]"))
    result = run(marked("made", app="apps/bare", trials=0), marked("all", app="apps/other", trials=0))
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["no claim is named, so that every one is asked for"])


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        (
            marked("x", "only_reads_contents", app="apps/bare"),
            "unknown claim *did you mean*",
        ),
        (marked("x", HELD, app="apps/no"), "there is no app 'apps/no'*"),
        (marked("x", HELD), "@pytest.mark.claim: no app is named*--forgesim-app*"),
        (marked("x", HELD, app="apps/bare", trial=1), "@pytest.mark.claim: unknown 'trial'*app and trials*"),
        (marked("x", HELD, app="apps/bare", trials="no"), "@pytest.mark.claim: trials='no' is no number*"),
    ],
    ids=["claim", "app", "no app", "field", "trials"],
)
def test_a_mistake_in_a_mark_is_one_clear_failure(run: Run, mark: str, said: str) -> None:
    result = run(mark)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f"*{said}"])
    assert "Traceback" not in result.stdout.str()


def told(proved: str) -> int:
    """Twin pairs of the proof on a page."""
    rows = re.findall(r'<th scope="row">stored</th><td class="number">(\d+)', proved)
    return int(rows[0]) if rows else 0


@pytest.mark.parametrize(
    ("mark", "arguments", "ini", "pairs"),
    [
        ({"app": "apps/bare", "trials": 1}, ("--forgesim-app=x", "--forgesim-trials=2"), "", 1),
        ({}, ("--forgesim-app=apps/bare", "--forgesim-trials=1"), "forgesim_app = x\nforgesim_trials = 2", 1),
        ({}, (), "forgesim_app = apps/bare\nforgesim_trials = 2", 2),
    ],
    ids=["mark over command line", "command line over ini file", "ini file"],
)
def test_what_is_said_closest_goes_first(
    run: Run, mark: dict[str, Any], arguments: tuple[str, ...], ini: str, pairs: int
) -> None:
    result = run(marked("it", HELD, **mark), arguments=(*arguments, "--forgesim-html=page.html"), ini=ini)
    result.assert_outcomes(passed=1)
    assert told(Path("page.html").read_text()) == pairs


def test_a_class_names_the_app_and_its_tests_the_claims(run: Run) -> None:
    inner = f"    @pytest.mark.claim('{HELD}')\n    def test_it(self, forge_verdicts):\n        "
    inner += "assert len(forge_verdicts) == len({v.claim for v in forge_verdicts}) > 5\n"
    result = run(f"@pytest.mark.claim(app='apps/bare', trials=0)\nclass TestBare:\n{inner}")
    result.assert_outcomes(passed=1)


BOTH = (
    marked("one", HELD, app="apps/bare", trials=0),
    marked("two", HELD, app="apps/bare", trials=0),
    marked("three", BROKEN, app="apps/other", trials=0),
    "def test_four(forge):\n    forge.prove('apps/bare', trials=0)\n",
)


@pytest.mark.parametrize("arguments", [(), ("-n", "3"), ("-n", "2", "--dist", "loadgroup")], ids=" ".join)
def test_one_page_has_all_that_was_proved_each_thing_once(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*BOTH, arguments=("--forgesim-html=page.html", *arguments))
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["written to *page.html"])
    page = Path("page.html").read_text()
    assert [page.count(f'<section class="app" aria-labelledby="app-{n}">') for n in (1, 2, 3)] == [1, 1, 0]
    assert "BROKEN" in page


@pytest.mark.parametrize(
    ("arguments", "ini", "said"),
    [
        (("--forgesim-html=no/page.html",), "", "*--forgesim-html: *there is no folder*"),
        (("--forgesim-trials=-1",), "", "*-1 twin pairs*"),
        ((), "forgesim_trials = many", "*forgesim_trials = 'many' is no number*"),
    ],
    ids=["folder", "negative", "no number"],
)
def test_an_option_that_cannot_be_is_told_at_once(run: Run, arguments: tuple[str, ...], ini: str, said: str) -> None:
    result = run("def test_it(): ...", arguments=arguments, ini=ini)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])


def test_no_page_is_written_where_nothing_was_proved(run: Run) -> None:
    result = run("def test_it(): ...", arguments=("--forgesim-html=page.html",))
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["nothing was proved: *page.html is not written"])
    assert not Path("page.html").exists()
