"""Countries by their names in the reader's language, for the usage location."""

import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale

from cards.language import spoken
from provisioning.countries import COUNTRY_CODES


def country_names() -> Mapping[str, str]:
    """Code to name, in the order of the names."""
    return _names(spoken())


@cache
def _names(language: str) -> Mapping[str, str]:
    known = Locale(language).territories
    names = {code: known.get(code, code) for code in COUNTRY_CODES}
    return dict(sorted(names.items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1])))
