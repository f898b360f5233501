"""Countries by their English names, for the usage location."""

import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale

from provisioning.countries import COUNTRY_CODES


@cache
def country_names() -> Mapping[str, str]:
    """Code to name, in the order of the names."""
    english = Locale("en").territories
    names = {code: english.get(code, code) for code in COUNTRY_CODES}
    return dict(sorted(names.items(), key=lambda pair: unicodedata.normalize("NFKD", pair[1])))
