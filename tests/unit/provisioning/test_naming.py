"""Whom a text names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.naming import Named, people_in


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Jane Doe <jane@contoso.com>", "Jane Doe"),
        ('"Jane van der Berg" <jane@contoso.com>', "Jane van der Berg"),
        ("Please provision Jane Doe, jane@contoso.com, by Monday", "Jane Doe"),
        ("Provision Jane Doe jane@contoso.com", "Jane Doe"),
        ("Hi team, new colleague: Zoë Müller-Lüdenscheidt – jane@contoso.com.", "Zoë Müller-Lüdenscheidt"),
        ("jane@contoso.com (Jane O'Neil)", "Jane O'Neil"),
        ("jane@contoso.com (starts Monday)", ""),
        ("Can you help jane@contoso.com?", ""),
        ("Mailbox for jane@contoso.com", ""),
        ("The boss wrote. Jane Doe: jane@contoso.com", "Jane Doe"),
    ],
)
def test_a_name_is_what_stands_beside_the_address(line, name):
    assert people_in(line) == (Named("jane@contoso.com", name),)


def test_everybody_once_in_order_and_with_the_name_wherever_it_stands():
    text = "bob@contoso.com and JANE@contoso.com\nJane Doe <jane@contoso.com>\nBob Ray <bob@contoso.com>"
    assert people_in(text) == (Named("bob@contoso.com", "Bob Ray"), Named("jane@contoso.com", "Jane Doe"))


def test_a_name_belongs_to_the_nearest_address_only():
    text = "Jane Doe jane@contoso.com bob@contoso.com"
    assert people_in(text) == (Named("jane@contoso.com", "Jane Doe"), Named("bob@contoso.com"))


@given(st.text())
def test_any_text_can_be_read(text):
    found = people_in(text)
    assert len({one.address for one in found}) == len(found)
    assert all("@" in one.address and not any(map(str.isspace, one.address)) for one in found)


@given(st.lists(st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}", fullmatch=True), min_size=1, max_size=5, unique=True))
def test_every_address_is_found(names):
    addresses = [f"{name}@contoso.com" for name in names]
    assert [one.address for one in people_in("\n".join(f"- {one}, please" for one in addresses))] == addresses
