"""Silence never holds: apps that do next to nothing, and runs that show next to nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from forgesim.claims.kit import Outcome, Strength, Verdict
from forgesim.testing.kit import Forge

READ_ONE = 'await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=request.payload["pageId"]))'

QUIET_APPS = {
    "does nothing": 'return {"ok": 1}',
    "only 404 reads": 'await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id="1"))',
    "only refused calls": 'await api.as_user().request_confluence(route("/wiki/rest/api/user/current"))',
    "one trivial read": READ_ONE,
}


def held(verdicts: tuple[Verdict, ...], *seen: str) -> set[Strength | None]:
    """The strengths of what holds, but for claims that were ``seen`` to be exercised."""
    return {each.strength for each in verdicts if each.outcome is Outcome.HOLDS and each.claim not in seen}


@pytest.mark.parametrize("body", QUIET_APPS.values(), ids=QUIET_APPS.keys())
def test_an_app_that_shows_nothing_proves_nothing_but_what_the_platform_enforces(
    forge: Forge, make_app: Callable[..., Path], body: str
) -> None:
    app = make_app(f'@resolver.define("call")\nasync def call(request):\n    {body}\n')
    verdicts = forge.prove(app, trials=1, plays=0)
    assert held(verdicts, *(["reads_only_its_purpose"] if body is READ_ONE else [])) <= {Strength.ENFORCED}


def test_an_app_that_is_never_invoked_proves_nothing(forge: Forge, make_app: Callable[..., Path]) -> None:
    trust = (Path(__file__).parents[1] / "conftest.py").read_text().split('TRUST = """\\\n')[1].split('"""')[0]
    quiet = trust.split("      - {as:")[0].replace("    steps:\n", "    steps:\n      - {wait: 1 day}\n")
    app = make_app('@resolver.define("call")\nasync def call(request):\n    return 1\n', trust=quiet)
    assert held(forge.prove(app, trials=1, plays=0)) <= {Strength.ENFORCED}


def test_a_handler_that_raises_at_import_proves_nothing(forge: Forge, make_app: Callable[..., Path]) -> None:
    app = make_app('raise RuntimeError("no configuration")\n')
    assert held(forge.prove(app, trials=1, plays=0)) <= {Strength.ENFORCED}


def test_an_unconfined_run_proves_nothing_that_rests_on_what_ran(tmp_path: Path, make_app: Callable[..., Path]) -> None:
    app = make_app(f'@resolver.define("call")\nasync def call(request):\n    {READ_ONE}\n')
    forge = Forge(base=tmp_path, allow_unconfined=True)
    try:
        verdicts = forge.prove(app, trials=1, plays=0)
    finally:
        forge.close()
    assert held(verdicts) <= {Strength.ENFORCED}
    assert {v.claim for v in verdicts if v.outcome is Outcome.HOLDS} <= {
        "only_reads_content",
        "reads_only_when_asked",
    }
