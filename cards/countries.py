"""Countries by their English names, for the usage location."""

from collections.abc import Mapping
from functools import cache

from babel import Locale

# CLDR's two-letter codes that are no ISO 3166 country, so that Microsoft 365 takes none of them.
_NO_COUNTRIES = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})


@cache
def country_names() -> Mapping[str, str]:
    """Code to name, by name."""
    names = {
        code: name
        for code, name in Locale("en").territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda pair: pair[1].removeprefix("Å") or pair[1]))
