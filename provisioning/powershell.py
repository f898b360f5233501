"""PowerShell with people's names in it: quoted so that no value can be more than a value. Pure.

PowerShell takes the typographic quotes for the straight one, so all of them are doubled
(learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_quoting_rules,
System.Management.Automation.Language.CodeGeneration.EscapeSingleQuotedStringContent).
"""

import unicodedata

QUOTES = "'\u2018\u2019\u201a\u201b"
_DOUBLED = str.maketrans({quote: quote * 2 for quote in QUOTES})
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})  # controls, direction marks, line and paragraph separators


def quoted(value: str) -> str:
    """A single-quoted string literal on one line: nothing in it is expanded."""
    return f"'{visible(value).translate(_DOUBLED)}'"


def filter_on(name: str, value: str) -> str:
    """The value of -Filter: `name -eq 'value'`, quoted for OPath and then for PowerShell."""
    inner = visible(value).replace("'", "''")
    return quoted(f"{name} -eq '{inner}'")


def visible(value: str) -> str:
    """Without line breaks and invisible characters, which could hide what a command does."""
    return "".join(ch for ch in value if unicodedata.category(ch) not in _INVISIBLE)


def script(*lines: str) -> str:
    return "\n".join(lines)
