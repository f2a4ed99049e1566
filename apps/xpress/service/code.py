"""Names of programming languages as pages have them, and as typst's highlighter knows them."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["language_of"]

_NAME = re.compile(r"[a-z0-9+#-]{1,20}")
ALIASES: Mapping[str, str] = {
    "actionscript3": "as", "as3": "as", "actionscript": "as", "c-sharp": "cs", "csharp": "cs", "delphi": "pas",
    "docker": "sh", "dockerfile": "sh", "fsharp": "f#", "javafx": "java", "jfx": "java", "jsx": "js", "node": "js",
    "objectivec": "objective-c", "golang": "go", "plsql": "sql", "shell": "sh", "zsh": "sh",
}  # fmt: skip


def language_of(name: str) -> str | None:
    """The highlighter's name; null for what is none, and what it does not know is printed without colours."""
    wanted = name.strip().lower()
    return ALIASES.get(wanted, wanted) if _NAME.fullmatch(wanted) else None
