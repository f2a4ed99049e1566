"""The Response that an app gets tells what Node's own one tells, though its stream is made only when asked for."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping

import pytest

from forgesim.nodeguest import FOLDER
from forgesim.sandbox.javascript.node import find_node

pytestmark = pytest.mark.node

SCRIPT = """
const { Response: Real } = globalThis;
const { install, responseOf } = require(`${process.argv[1]}/answers.cjs`);
const uses = JSON.parse(process.argv[2]);
const headers = () => [['content-type', 'application/json']];
const own = (status, body) => responseOf({ status, headers: headers(), body: Buffer.from(body) });
const real = (status, body) => {
  const told = [...headers(), ['content-length', String(Buffer.byteLength(body))]];
  const statusText = require('node:http').STATUS_CODES[status];
  return new Real(status === 204 ? null : Buffer.from(body), { status, statusText, headers: told });
};
const shown = (value) => (value instanceof ArrayBuffer ? [...new Uint8Array(value)] : value);
async function tell(make) {
  const told = {};
  for (const [name, source] of Object.entries(uses)) {
    const steps = [];
    const step = async (what) => {
      try {
        steps.push(shown(await what()));
      } catch (error) {
        steps.push(`${error.name}: ${error.message}`);
      }
    };
    const use = new Function('require', 'make', 'step', 'Real', `return (async () => { ${source} })()`);
    await use(require, make, step, Real);
    told[name] = steps;
  }
  return told;
}
(async () => {
  const expected = await tell(real); // before anything is replaced
  install();
  console.log(JSON.stringify([await tell(own), expected, await tell(real)]));
})();
"""
USES = {
    "text twice": "const r = make(200, 'abc'); await step(() => r.text()); await step(() => r.text());",
    "JSON twice": "const r = make(200, '{\"a\":1}'); await step(() => r.json()); await step(() => r.json());",
    "JSON that is none": "await step(() => make(200, 'oops').json()); await step(() => make(200, '').json());",
    "a mark of UTF-8": "await step(() => make(200, '\\ufeff{}').json());"
    "await step(() => make(200, '\\ufeffx').text());",
    "used": "const r = make(200, 'x'); await step(() => r.bodyUsed); await r.text(); await step(() => r.bodyUsed);"
    "await step(() => r.body.locked); await step(() => r.clone());",
    "a clone": "const r = make(200, 'x'), c = r.clone(); await step(() => r.text()); await step(() => c.text());"
    "await step(() => c.headers.get('content-length'));",
    "bytes": "const r = make(200, 'é'); await step(() => r.arrayBuffer()); await step(() => r.text());",
    "a blob": "const b = await make(200, 'x').blob(); await step(() => [b.type, b.size]);",
    "a stream": "const r = make(200, 'xyz'); const chunks = []; for await (const c of r.body) chunks.push(...c);"
    "await step(() => chunks); await step(() => r.bodyUsed); await step(() => r.json());",
    "no body": "const r = make(204, ''); await step(() => [r.body, r.ok]); await step(() => r.text());"
    "await step(() => r.text()); await step(() => r.bodyUsed);",
    "one made from it": "const r = make(503, 'abc'); const s = new Real(r.body, r);"
    "await step(() => [s.status, s.statusText]); await step(() => s.text()); await step(() => r.bodyUsed);",
    "methods of the class": "const r = make(200, '[1]'); await step(() => Real.prototype.json.call(r));"
    "await step(() => [r instanceof Real, Object.keys(r), Object.getPrototypeOf(r) === Real.prototype]);"
    "await step(() => Real.prototype.text.call({})); await step(() => [Real.prototype.text.name, r.json.length]);",
    "as it is shown": "const { inspect } = require('node:util'); await step(() => inspect(make(200, 'x')));",
}


@pytest.fixture(scope="module")
def told() -> tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]]:
    program = [find_node().path, "-e", SCRIPT, str(FOLDER), json.dumps(USES)]
    done = subprocess.run(program, capture_output=True, text=True, check=True, timeout=60)
    own, expected, untouched = json.loads(done.stdout)
    return own, expected, untouched


@pytest.mark.parametrize("use", USES)
def test_an_answer_is_as_nodes_own(
    told: tuple[Mapping[str, object], Mapping[str, object], Mapping[str, object]], use: str
) -> None:
    own, expected, untouched = told

    assert own[use] == expected[use]
    assert untouched[use] == expected[use], "a Response that the app makes itself is what it was"
