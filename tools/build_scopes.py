"""Build src/forgesim/scopes/data from the OpenAPI documents that two PyPI wheels carry unmodified.

::

    pip download --no-deps -d WHEELS jira-as==2.1.0 confluence-as==2.0.0
    python -m tools.build_scopes WHEELS [OUTDIR]

Only facts are taken: methods, path templates, scope names, parameter names, numbers. The same wheels give
the same bytes. Each wheel's ``specs/manifest.json`` names the address, time and SHA-256 of its documents; a
document that differs stops the build, and so does an operation that ``op_classes.txt`` does not class.

Columns of a row:

``method``, ``path``
``classic``, ``granular``
    null where the document declares no such alternative, else the scopes that are all needed (an empty list
    needs none). Holding all of either list is enough.
``flags``
    ``r``/``w`` reads or writes · ``a`` open to anonymous callers · ``n`` OAuth not offered · ``?`` no scope
    information · ``G`` the current alternative is the granular one · ``B`` only a beta alternative ·
    ``S`` scopes come from ``security`` · ``M`` ``security`` disagrees with the current alternative ·
    ``f`` multipart body · ``d`` deprecated · ``x`` experimental · ``e`` exempt from the app access rule
``class``
    what it changes or shows, from ``op_classes.txt``
``query``
    parameter names; ``!`` required, ``[]`` repeatable, ``h:`` a header
``paging``
    null or [kind, default size, maximum size, key of the items]; kinds: offset, start, cursor, token,
    body-token, body-offset, limit
``body``
    null or property names of the body (``!`` required); ``*`` free JSON, ``[]`` an array
``ok``
    documented success and redirect statuses
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from tools.op_classes import ClassRules
from tools.openapi_rows import Document, Json, row_of

HERE = Path(__file__).parent
COLUMNS = ("method", "path", "classic", "granular", "flags", "class", "query", "paging", "body", "ok")

FORGE_SCOPES = (
    # Named by Forge's own documentation; no operation of the documents asks for them.
    "read:app-global-channel:realtime",
    "read:app-system-token",
    "read:app-user-token",
    "read:chat:rovo",
    "report:personal-data",
    "send:app-notification:confluence",
    "send:app-notification:jira",
    "storage:app",
)

SEARCH_GONE = "This API has been removed. Use /rest/api/3/search/jql instead (CHANGE-2046)."
CONTENT_GONE = "This operation of the v1 content API has been removed. Use /wiki/api/v2 instead."
RETIRED = (
    # Documented still, or reported by callers; all of them answer 410 to OAuth callers.
    ("GET", "/rest/api/3/search", "r", "content", SEARCH_GONE),
    ("POST", "/rest/api/3/search", "r", "content", SEARCH_GONE),
    ("GET", "/wiki/rest/api/content", "r", "content", CONTENT_GONE),
    ("POST", "/wiki/rest/api/content", "w", "content", CONTENT_GONE),
    ("GET", "/wiki/rest/api/content/{id}", "r", "content", CONTENT_GONE),
    ("PUT", "/wiki/rest/api/content/{id}", "w", "content", CONTENT_GONE),
    ("DELETE", "/wiki/rest/api/content/{id}", "w", "content", CONTENT_GONE),
)


class Product(NamedTuple):
    """One document: our name, the wheel that has it, its id there, and the prefix its paths lack."""

    name: str
    wheel: str
    document: str
    prefix: str


PRODUCTS = (
    Product("confluence-v1", "confluence_as-", "v1", ""),
    Product("confluence-v2", "confluence_as-", "v2", "/wiki/api/v2"),
    Product("jira", "jira_as-", "platform", ""),
    Product("jira-software", "jira_as-", "software", ""),
    Product("jira-service-management", "jira_as-", "servicedesk", ""),
)


def load(wheels: Path, product: Product) -> tuple[Json, Json]:
    """The document and where it comes from. Stops when it is missing or not the one its manifest names."""
    found = sorted(wheels.glob(f"{product.wheel}*.whl"))
    if not found:
        sys.exit(f"no {product.wheel}*.whl in {wheels}")
    wheel = found[-1]
    with zipfile.ZipFile(wheel) as archive:
        manifest = next(name for name in archive.namelist() if name.endswith("/specs/manifest.json"))
        documents = json.loads(archive.read(manifest))["documents"]
        entry = next(each for each in documents if each["id"] == product.document)
        raw = archive.read(manifest.rpartition("/")[0] + "/" + entry["file"])
    digest = hashlib.sha256(raw).hexdigest()
    if digest != entry["sha256"]:
        sys.exit(f"{wheel.name}: {entry['file']} is not the document that its manifest names")
    spec: Json = json.loads(raw)
    source = {
        "upstream": entry["url"],
        "fetched_at": entry["fetched_at"],
        "sha256": digest,
        "title": spec["info"]["title"],
        "version": spec["info"]["version"],
        "license": (spec["info"].get("license") or {}).get("name"),
        "terms": spec["info"].get("termsOfService"),
        "wheel": wheel.name,
        "wheel_sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
    }
    return spec, source


def lines(items: Iterable[Any]) -> str:
    return ",\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in items)


def write(out: Path, head: Json, key: str, items: Iterable[Any]) -> None:
    text = json.dumps(head, ensure_ascii=False)[:-1] + f',\n"{key}": [\n{lines(items)}\n]}}\n'
    out.write_text(text, encoding="utf-8")


def main(wheels: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    rules = ClassRules((HERE / "op_classes.txt").read_text(encoding="utf-8"))
    names: set[str] = set()
    for product in PRODUCTS:
        spec, source = load(wheels, product)
        doc = Document(spec)
        rows = [row_of(doc, rules, product.prefix, each) for each in doc.operations()]
        head = {"format": 1, "product": product.name, "source": source, "columns": COLUMNS}
        write(out / f"{product.name}.json", head, "rows", rows)
        names.update(scope for each in rows for scope in (each[2] or []) + (each[3] or []))
        writes = sum("w" in each[4] for each in rows)
        print(f"{product.name:24} {len(rows):4} operations, {writes:3} of them write")
    if rules.unused():
        sys.exit("op_classes.txt: these lines decide nothing:\n" + "\n".join(rules.unused()))
    note: Json = {"format": 1, "note": "operations that answer 410 Gone to OAuth callers"}
    note["columns"] = ("method", "path", "flag", "class", "message")
    write(out / "retired.json", note, "rows", RETIRED)
    note = {"format": 1, "note": "scope names: those that the documents use, then Forge's own"}
    write(out / "names.json", note | {"forge": FORGE_SCOPES}, "documents", sorted(names))
    files = sorted(out.glob("*.json"))
    sums = [f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}\n" for each in files]
    (out / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    default = HERE.parent / "src" / "forgesim" / "scopes" / "data"
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else default)
