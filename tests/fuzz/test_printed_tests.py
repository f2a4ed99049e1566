"""The test that a finding prints is pasted and run: it fails while the hole is open and passes when it is closed."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fuzz import conftest
from tests.fuzz.conftest import HOLES

from forgesim.fuzz.campaign import Case
from forgesim.fuzz.drive import drive
from forgesim.fuzz.egress import EgressCampaign
from forgesim.fuzz.sandbox import SandboxCampaign
from forgesim.manifest.model import App
from forgesim.sandbox.host import Sandbox

PLANTED = """\
import pytest
from forgesim.testing.kit import Forge
from holes import HOLES

@pytest.fixture
def forge(request):
    platform = Forge(base=request.config.rootpath, rig=HOLES["the end of a name without its dot"][0])
    yield platform
    platform.close()
"""


def test_what_egress_prints_fails_while_the_hole_is_open(
    pulse: App, confined: Sandbox, corpus: Path, pytester: pytest.Pytester
) -> None:
    rig, kind = HOLES["the end of a name without its dot"]
    campaign = EgressCampaign(pulse, sandbox=confined, rig=rig)
    tally = drive(campaign, seed=0, seconds=60, corpus=corpus, most=300)
    campaign.close()
    pytester.makepyfile(test_pasted=next(found.pytest for found in tally.findings if found.kind == kind))

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)
    pytester.makepyfile(holes=Path(conftest.__file__).read_text())
    pytester.makeconftest(PLANTED)
    open_hole = pytester.runpytest_subprocess("-p", "no:randomly")

    open_hole.assert_outcomes(failed=1)
    open_hole.stdout.fnmatch_lines(["*only declared places*"])


STOLEN: Case = [
    {"do": "python", "name": "builtins:open", "args": [{"ref": "file"}]},
    {"do": "python", "on": {"slot": 0}, "name": "read", "args": []},
]


def test_what_sandbox_prints_fails_without_walls(pulse: App, unconfined: Sandbox, pytester: pytest.Pytester) -> None:
    campaign = SandboxCampaign(pulse, sandbox=unconfined)
    finding = campaign.attempt(STOLEN)
    assert finding is not None
    pytester.makepyfile(test_pasted=campaign.as_pytest(STOLEN, finding))
    campaign.close()

    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)
    open_hole = pytester.runpytest_subprocess("-p", "no:randomly", "--forgesim-allow-unconfined")

    open_hole.assert_outcomes(failed=1)
    open_hole.stdout.fnmatch_lines(["*nothing of the host comes out*"])
