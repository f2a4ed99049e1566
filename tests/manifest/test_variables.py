"""Environment variables of an app, as trust.yml declares them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import InputError
from forgesim.manifest.load import load_app
from forgesim.manifest.types import Const, Fields
from forgesim.manifest.variables import Variable

TRUST = """\
app: bare
subprocessors:
  - {name: P, hosts: [p.example], purpose: x, location: x, retention: x, receives: usage}
variables:
  API_KEY: secret
  REGION: {value: eu}
sends:
  usage:
    method: const POST
    path: "const /${REGION}/"
    headers: {x-key: "const k ${API_KEY}"}
    body: {a: "const ${b}c"}
"""


@pytest.fixture
def load(make_app: Callable[..., Path]) -> Callable[[str], Any]:
    return lambda trust: load_app(make_app("", trust=trust)).trust


def test_a_secret_is_made_up_and_the_same_each_time(load: Any) -> None:
    found = load(TRUST.replace('"const ${b}c"', "bool")).variables
    assert found == {
        "API_KEY": Variable("c489c1282b6d4d2d8c4c40e853a711b0", secret=True),
        "REGION": Variable("eu", secret=False),
    }


def test_constants_hold_the_values_of_variables(load: Any) -> None:
    trust = load(TRUST.replace('"const ${b}c"', "bool"))
    assert trust.sends["usage"].path == Const("/eu/")
    assert trust.sends["usage"].headers == Fields({"x-key": Const(f"k {trust.variables['API_KEY'].value}")})


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("bool", "bool", "no variable 'b'"),
        ("REGION: {value: eu}", "REGION: eu", "write secret, or {value: TEXT}"),
        ("REGION: {value: eu}", "RE-GION: {value: eu}", "is no name of a variable"),
        ("REGION: {value: eu}", "REGION: {value: 3}", "must be a text"),
    ],
)
def test_what_is_no_variable_is_told_with_its_line(load: Any, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        load(TRUST.replace(old, new))
    assert all(problem.line for problem in caught.value.problems)
