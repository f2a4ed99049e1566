"""What the command line prints is what its published types say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from forgesim.report.models import Proof, Ran, write_schemas

ROOT = Path(__file__).parents[2]


def printed(*arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "forgesim", *arguments, "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return ran.stdout


def test_run_prints_its_published_shape() -> None:
    ran = Ran.model_validate_json(printed("run", "pulse", "settings"), strict=True)
    assert (ran.function, ran.user, ran.error, ran.broken) == ("settings", "alice", None, [])


def test_prove_prints_its_published_shape() -> None:
    proof = Proof.model_validate_json(printed("prove", "pulse", "--trials", "0"), strict=True)
    assert proof.coverage.missed == []
    assert len(proof.verdicts) == len({verdict.claim for verdict in proof.verdicts})


def test_a_field_that_nobody_published_is_refused() -> None:
    with pytest.raises(ValidationError):
        Ran.model_validate({"app": "pulse", "extra": 1})


def test_the_schemas_in_docs_are_those_of_the_types(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    for made in tmp_path.iterdir():
        assert made.read_text() == (ROOT / "docs" / made.name).read_text()
