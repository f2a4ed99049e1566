"""Names of programming languages as pages have them, and as typst's highlighter knows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["language_of"]

_NAME = re.compile(r"[a-z0-9+#.-]{1,20}")
ALIASES: Mapping[str, str] = {
    "actionscript3": "as", "as3": "as", "actionscript": "as", "arduino": "cpp", "c-sharp": "cs", "cfm": "html",
    "coldfusion": "html", "csharp": "cs", "delphi": "pas", "docker": "sh", "dockerfile": "sh", "fsharp": "f#",
    "golang": "go", "handlebars": "html", "haxe": "as", "javafx": "java", "jfx": "java", "json5": "js", "jsx": "js",
    "node": "js", "objectivec": "objective-c", "objectpascal": "pas", "octave": "matlab", "plsql": "sql",
    "posh": "powershell", "ps1": "powershell", "pwsh": "powershell", "scheme": "lisp", "shell": "sh",
    "standardml": "ocaml", "vala": "cs", "vb.net": "vb", "vbnet": "vb", "vbscript": "vb", "visualbasic": "vb",
    "zsh": "sh",
}  # fmt: skip
"""Other names, and languages that look enough like one that is known."""


def language_of(name: str) -> str | None:
    """The highlighter's name; null for what is none, and what it does not know is printed without colours."""
    wanted = name.strip().lower()
    return ALIASES.get(wanted, wanted) if _NAME.fullmatch(wanted) else None
