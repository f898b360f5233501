"""Exchange's own words: the XML of `serviceProvisioningErrors[].errorDetail`, read with care, and what it means.

The schema is not documented (learn.microsoft.com/graph/api/resources/serviceprovisioningxmlerror says "XML"), so
any element or attribute that looks like a description counts, and plain text is taken as it is.
"""

import re
from enum import StrEnum
from xml.etree import ElementTree

from provisioning.directory import Account, ProvisioningError

SIZE_LIMIT = 64_000
SHOWN = 600
_DESCRIPTIONS = ("errordescription", "description", "errormessage", "message", "errordetail", "detail", "text")
_ADDRESS = re.compile(r"(?:smtp:)?([^\s\"'<>:;,()\[\]=]+@[^\s\"'<>:;,()\[\]=]+[a-z0-9])", re.IGNORECASE)


class Meaning(StrEnum):
    """What a known text says. UNKNOWN: Exchange complains, in words that Mailroom does not know."""

    ADDRESS_IN_USE = "address in use"
    ARCHIVE_GUID = "archive GUID"
    UNKNOWN = "unknown"


_KNOWN = (
    (Meaning.ARCHIVE_GUID, re.compile(r"archive\s*guid", re.IGNORECASE)),
    (
        Meaning.ADDRESS_IN_USE,
        re.compile(
            r"proxy\s*address(?:es)?\b.*?\b(?:in use|being used|already used|not unique|already exists?|conflict)"
            r"|non-?unique proxy|proxyaddress.*?unique|email address .*?(?:in use|being used|already exists)"
            r"|already being used by the proxy addresses|ProxyAddressExists|NonUniqueProxy",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
)


def open_errors(account: Account) -> tuple[ProvisioningError, ...]:
    """Unresolved errors that Exchange reported for the account."""
    return tuple(
        error
        for error in account.service_errors
        if not error.is_resolved and error.service.lower().startswith("exchange")
    )


def errors_meaning(account: Account, meaning: Meaning) -> tuple[ProvisioningError, ...]:
    return tuple(error for error in open_errors(account) if meaning_of(error.detail) is meaning)


def meaning_of(detail: str) -> Meaning:
    text = description(detail)
    return next((meaning for meaning, pattern in _KNOWN if pattern.search(text)), Meaning.UNKNOWN)


def addresses_in(detail: str) -> tuple[str, ...]:
    """The mail addresses that the text names, lower case, without "smtp:"."""
    found = (match.lower().rstrip(".") for match in _ADDRESS.findall(description(detail)))
    return tuple(dict.fromkeys(found))


def description(detail: str) -> str:
    """What the error says to a person, on one line. Never raises: a text that is no safe XML stands for itself."""
    return " ".join((_from_xml(detail) or detail).split())[:SHOWN]


def _from_xml(detail: str) -> str:
    """A DOCTYPE is refused whatever it declares: entities could expand without end or read files."""
    if (
        not detail.lstrip().startswith("<")
        or len(detail) > SIZE_LIMIT
        or re.search(r"<!\s*(?:DOCTYPE|ENTITY)", detail, re.IGNORECASE)
    ):
        return ""
    try:
        root = ElementTree.fromstring(detail)  # noqa: S314 - size is limited, and a DOCTYPE never gets here
    except (ElementTree.ParseError, ValueError):
        return ""
    texts = _texts(root)
    named = [text for name, text in texts if name in _DESCRIPTIONS]
    return " ".join(dict.fromkeys(named or [text for _, text in texts]))


def _texts(root: ElementTree.Element) -> list[tuple[str, str]]:
    """Every text and attribute of the tree, with its name in lower case and without a namespace."""
    texts: list[tuple[str, str]] = []
    for element in root.iter():
        texts += [(_local(name), value) for name, value in element.attrib.items()]
        texts.append((_local(element.tag), element.text or ""))
    return [(name, text.strip()) for name, text in texts if text.strip()]


def _local(name: str) -> str:
    return name.rpartition("}")[2].lower()
