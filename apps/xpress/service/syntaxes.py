"""The languages that Confluence's code macro names and typst's highlighter lacks, in the form that it reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

from service.literal import literal

__all__ = ["syntaxes"]

NUMBERS = r"\b[0-9]+(?:\.[0-9]+)?\b"
RULES: Mapping[str, Mapping[str, str]] = {
    "powershell": {
        r"#.*$": "comment.line",
        r"@?\"(?:`.|[^\"`])*\"|@?'[^']*'": "string.quoted",
        r"\$[A-Za-z_][A-Za-z0-9_:]*": "variable.parameter",
        r"(?i)\b(?:begin|break|catch|class|continue|data|do|dynamicparam|else|elseif|end|enum|exit|filter|finally|for|"
        r"foreach|function|hidden|if|in|param|process|return|static|switch|throw|trap|try|until|using|while)\b":
            "keyword.control",
        r"(?i)(?<!\w)-(?:eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|in|notin|replace|split|join|"
        r"and|or|not|xor|is|isnot|as|f)\b": "keyword.operator",
        r"\b[A-Z][a-z]+-[A-Z][A-Za-z]+\b": "entity.name.function",
        NUMBERS: "constant.numeric",
    },
    "vb": {
        r"'.*$|(?i)\brem\b.*$": "comment.line",
        r"\"(?:\"\"|[^\"])*\"": "string.quoted",
        r"(?i)\b(?:addhandler|and|andalso|as|byref|byval|call|case|catch|class|const|continue|dim|do|each|else|elseif|end|"
        r"enum|exit|finally|for|friend|function|get|goto|handles|if|imports|implements|in|inherits|interface|is|like|loop|"
        r"me|mod|module|mybase|namespace|new|next|not|of|on|option|optional|or|orelse|overridable|overrides|private|"
        r"property|protected|public|raiseevent|readonly|redim|resume|return|select|set|shared|static|step|structure|sub|"
        r"then|throw|to|try|until|using|wend|while|with|withevents|xor)\b": "keyword.control",
        r"(?i)\b(?:boolean|byte|char|date|decimal|double|integer|long|object|short|single|string|variant)\b":
            "storage.type",
        r"(?i)\b(?:true|false|nothing|null|empty)\b": "constant.language",
        NUMBERS: "constant.numeric",
    },
}  # fmt: skip
"""Language → what a piece of it looks like → the name by which a theme colours it; the first that fits is taken."""


def syntaxes(source: str) -> str:
    """Typst code that makes those of the languages known that the source has code in: reading one takes time."""
    used = [name for name in RULES if f'lang: "{name}"' in source]
    return "".join(f"#set raw(syntaxes: bytes({literal(_written(name))}))\n" for name in used)


def _written(name: str) -> str:
    """As a Sublime Text syntax, a YAML document, for which JSON's strings are strings too."""
    rules = "".join(f"    - match: {json.dumps(like)}\n      scope: {scope}\n" for like, scope in RULES[name].items())
    return f"%YAML 1.2\n---\nname: {name}\nfile_extensions: [{name}]\nscope: source.{name}\ncontexts:\n  main:\n{rules}"
