"""Exchange's error texts: the XML is read with care, known texts are understood, nothing makes it raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import causes

from provisioning.exchange_errors import SHOWN, Meaning, addresses_in, description, meaning_of

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    "<l><ErrorDescription>&c;</ErrorDescription></l>"
)
FILE = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x><ErrorDescription>&f;</ErrorDescription></x>'


@pytest.mark.parametrize(
    ("detail", "meaning"),
    [
        (causes.PROXY_TEXT.format(address="j@contoso.com", who="Sales"), Meaning.ADDRESS_IN_USE),
        (causes.ARCHIVE_TEXT, Meaning.ARCHIVE_GUID),
        ("Non-unique proxy address in Exchange Online", Meaning.ADDRESS_IN_USE),
        ('The proxy address "SMTP:a@b.com" is already in use.', Meaning.ADDRESS_IN_USE),
        ('<a xmlns="urn:x"><b ErrorDescription="Proxy address is already being used"/></a>', Meaning.ADDRESS_IN_USE),
        ("<a/>", Meaning.UNKNOWN),
        ("", Meaning.UNKNOWN),
        ("The archive of this mailbox is full.", Meaning.UNKNOWN),
        ("The proxy server did not answer.", Meaning.UNKNOWN),
    ],
)
def test_known_texts(detail: str, meaning: Meaning) -> None:
    assert meaning_of(detail) is meaning


def test_only_the_description_is_shown() -> None:
    text = "<a><Code>7</Code><ErrorDescription>It  is\n broken.</ErrorDescription><Stack>at X()</Stack></a>"
    assert description(text) == "It is broken."
    assert description("<a><What>One</What><Else>Two</Else></a>") == "One Two"
    assert description("<a x='1'") == "<a x='1'"


@pytest.mark.parametrize("detail", [BOMB, FILE])
def test_a_doctype_is_refused(detail: str) -> None:
    assert "hahaha" not in description(detail)
    assert "root:" not in description(detail)
    assert description(detail).startswith("<")


def test_size_is_limited() -> None:
    huge = "<a><ErrorDescription>" + "x" * 100_000 + "</ErrorDescription></a>"
    assert len(description(huge)) == SHOWN
    assert len(description("<a>" * 20_000)) == SHOWN


def test_addresses_are_found_in_the_text() -> None:
    text = causes.PROXY_TEXT.format(address="Jane.O'Brien@Contoso.com", who="x@y.example")
    assert "x@y.example" in addresses_in(text)
    assert addresses_in('The proxy address "SMTP:Jane@contoso.com" is used.') == ("jane@contoso.com",)


@given(st.one_of(st.text(), st.text().map(lambda text: f"<a><b>{text}</b></a>")))
def test_no_text_makes_it_raise(text: str) -> None:
    assert len(description(text)) <= SHOWN
    assert meaning_of(text) in Meaning
    assert isinstance(addresses_in(text), tuple)
