"""Makes the folder of a twin: the base app's files with the pieces planted. A pure function of the twin."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.twins.mutants.bases import BASES, Base
from tests.twins.mutants.encodings import ENCODINGS
from tests.twins.mutants.sinks import WITHIN
from tests.twins.mutants.twin import Twin

__all__ = ["edited", "files_of", "planted", "write"]

FUTURE = "from __future__ import annotations\n"
IMPORTS = (
    "import hashlib",
    "import json",
    "import re",
    "from datetime import UTC, datetime",
    "from forgesim.sdk import api, kvs, llm, log, route",
)

OUT_TRIGGERS = {
    "preimage": "hashlib.sha256(str(payload.get('mode')).encode()).hexdigest()[:16] == '9f86d081884c7d65'",
    "far branchless": "datetime.now(UTC).year > 2040",
}
"""Triggers that are out of scope."""

CALLS = {
    "branch": "    if {trigger}:\n        await spread({text}, {about})\n",
    "early return": "    await after(bool({trigger}), {text}, {about})\n",
    "loop": "    for found in [{text}] if {trigger} else []:\n        await spread(found, {about})\n",
    "plain": "    await spread({text}, {about})\n",
    "choice of data": "    await spread(['', {text}][{trigger}], {about})\n",
    "table": "    await {{True: spread, False: quiet}}[bool({trigger})]({text}, {about})\n",
}
MORE = {
    "early return": "async def after(met, text, about):\n    if not met:\n        return\n"
    "    await spread(text, about)\n",
    "table": "async def quiet(text, about):\n    pass\n",
}
WILD_HOST = '        - {address: "https://*.metrics.example.com", category: analytics, inScopeEUD: false}\n'
WILD_PARTY = """\
  - name: Metrics
    hosts: ["*.metrics.example.com"]
    purpose: Usage counts
    location: United States
    retention: Counts only
    receives: usage-counts
"""


def files_of(base: Base) -> dict[str, str]:
    """The text of each file of an app, without its tests and pictures."""
    found = sorted(path for path in base.folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(base.folder)): path.read_text()
        for path in found
        if path.suffix in {".py", ".yml", ".html", ".css", ".js", ".txt"} and "tests" not in path.parts[-2:-1]
    }


def edited(files: dict[str, str], file: str, old: str, new: str) -> dict[str, str]:
    """The files with one text replaced. Raises ValueError where it is not there exactly once."""
    if files[file].count(old) != 1:
        raise ValueError(f"{file} has {files[file].count(old)} times {old!r}")
    return files | {file: files[file].replace(old, new)}


def _indented(code: str) -> str:
    return "".join(f"    {line}\n" for line in code.splitlines())


def _named(code: str, base: Base) -> str:
    """The code with the base's names in place of capitals."""
    for _ in range(2):
        for name, value in base.names.items():
            code = re.sub(rf"\b{name}\b", lambda _: value, code)  # noqa: B023 -- used at once
    return code


def _functions(twin: Twin, base: Base) -> str:
    encoding, sink = ENCODINGS[twin.encoding], twin.where
    code = "\n\nNOTES = []\n" if sink.answers else "\n"
    code += f"\ndef packed(text):\n{_indented(encoding.code)}"
    code += "\n\nasync def spread(text, about):\n"
    code += "    pieces = packed(text)\n"
    code += f"    number = {encoding.number}\n" if sink.numbers else ""
    code += _indented(_named(sink.code, base))
    return code + (f"\n\n{MORE[twin.shape]}" if twin.shape in MORE else "")


def planted(twin: Twin) -> dict[str, str]:
    """The twin's files: path within the app → text."""
    base = BASES[twin.base]
    sink = twin.where
    about = (base.known or base.about) if twin.sink in WITHIN else base.about
    call = CALLS[twin.shape].format(
        trigger={**base.triggers, **OUT_TRIGGERS}[twin.trigger], text=base.sources[twin.source], about=about
    )
    files = edited(files_of(base), base.file, base.place, call + base.place)
    imports = dict.fromkeys((*IMPORTS, *ENCODINGS[twin.encoding].imports, *sink.imports))
    files = edited(files, base.file, FUTURE, "\n".join((FUTURE, *imports)) + "\n")
    files |= {base.file: files[base.file] + _functions(twin, base)}
    if twin.source in base.reads:
        files = edited(files, *base.reads[twin.source])
    return _with_needs(files, sink.needs, base)


def _with_needs(files: dict[str, str], needs: frozenset[str], base: Base) -> dict[str, str]:
    """What a sink changes elsewhere: how the call answers, manifest and privacy page."""
    if "ERROR" in needs:
        error = base.names["ERROR"]
        files = edited(files, base.file, error, error[:-1] + " + ' '.join(NOTES))")
    if "RESULT" in needs:
        files = edited(files, base.file, base.names["RESULT"], '    return {**row, "recent": NOTES}\n')
    if "LLM" in needs and "  llm:\n" not in files["manifest.yml"]:
        llm = "  llm:\n    - {key: explain, model: [claude]}\n"
        files = edited(files, "manifest.yml", "modules:\n", f"modules:\n{llm}")
    if "WILDCARD" in needs:
        files = edited(files, "manifest.yml", "      backend:\n", f"      backend:\n{WILD_HOST}")
        files = edited(files, "trust.yml", "subprocessors:\n", f"subprocessors:\n{WILD_PARTY}")
    return files


def write(files: dict[str, str], folder: Path) -> Path:
    """Write an app's files into a new folder."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder
