"""A key that the app has to know, and nobody who reads its logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.attacks.conftest import TRUST

if TYPE_CHECKING:
    from tests.attacks.conftest import Judge

WITH_KEY = TRUST.replace("subprocessors:", "variables: {API_KEY: secret, REGION: {value: eu}}\nsubprocessors:").replace(
    "    body: {api_key", "    headers: {authorization: 'const Bearer ${API_KEY}'}\n    body: {api_key"
)
SENT = "await api.fetch(URL, method='POST', json=EVENT, headers={'Authorization': f'Bearer {key}'})"

LOGGED = [
    pytest.param("log.info(f'asking with {key}')", id="as it is"),
    pytest.param("import base64; log.info(base64.b64encode(f'key={key}'.encode()).decode())", id="in base64"),
    pytest.param("log.info(key.encode().hex())", id="in hex"),
    pytest.param("raise ValueError(f'refused: {key}')", id="in the text of an error"),
    pytest.param("print(dict(os.environ))", id="with all the environment"),
]


@pytest.mark.parametrize("what", LOGGED)
def test_a_secret_that_is_logged_breaks_the_claim_about_logs(judged: Judge, what: str) -> None:
    code = f"from forgesim.sdk import log\nkey = os.environ['API_KEY']\n{SENT}\n{what}"
    verdict = judged(code, trust=WITH_KEY)["logs_hold_no_content"]
    assert verdict.outcome.value == "BROKEN"
    assert "the secret variable API_KEY" in verdict.evidence[0].why


def test_a_secret_goes_where_it_is_declared_to_go_and_its_region_is_logged(judged: Judge) -> None:
    code = f"from forgesim.sdk import log\nkey = os.environ['API_KEY']\n{SENT}\nlog.info(os.environ['REGION'])"
    verdicts = judged(code, trust=WITH_KEY)
    outcomes = [verdicts[name].outcome.value for name in ("logs_hold_no_content", "sends_only_declared")]
    assert outcomes == ["HOLDS", "HOLDS"]


def test_a_secret_that_goes_elsewhere_is_not_declared(judged: Judge) -> None:
    code = "key = os.environ['API_KEY']\n" + SENT.replace("Authorization", "X-Key")
    assert judged(code, trust=WITH_KEY)["sends_only_declared"].outcome.value == "BROKEN"
