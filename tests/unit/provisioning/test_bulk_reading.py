"""A list of people, whatever it comes in."""

import contextlib
import csv
import io

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provisioning.bulk_reading import MOST_BYTES, MOST_PEOPLE, Line, decode, is_table, read
from provisioning.errors import BadOrder

COLUMNS = {"name": "name", "displayname": "name", "license": "license", "location": "location"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")
LATIN = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Zl", "Zp")), max_size=12)
PEOPLE = st.lists(st.tuples(LATIN, LATIN), min_size=1, max_size=6)


def is_utf8(data):
    try:
        return bool(data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


@given(PEOPLE, st.sampled_from(ENCODINGS), st.sampled_from(",;\t|"), st.booleans(), st.sampled_from(["\r\n", "\n"]))
@settings(max_examples=150, deadline=None)
def test_what_a_spreadsheet_writes_is_read_as_it_was(people, encoding, delimiter, is_quoted, end):
    written = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if is_quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(written, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerow(["User Principal Name", "Display name", "License"])
    for number, (name, license_name) in enumerate(people):
        writer.writerow([f"person{number}@contoso.com", name, license_name])
    data = written.getvalue().encode(encoding)
    assume(encoding != "cp1252" or not is_utf8(data) or data.isascii())  # nobody can tell which of both it is
    lines = read(decode(data), COLUMNS).lines
    assert [(line.number, line.text) for line in lines] == [
        (number + 2, f"person{number}@contoso.com") for number in range(len(people))
    ]
    told = [((line.fields or {}).get("name", ""), (line.fields or {}).get("license", "")) for line in lines]
    assert told == [(name.strip(), license_name.strip()) for name, license_name in people]


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_a_list_or_a_sentence(data):
    with contextlib.suppress(BadOrder):
        lines = read(decode(data), COLUMNS).lines
        assert lines
        assert all(line.problem or "@" in line.text for line in lines)


@given(st.text("ab@,;\t\"' \n=|x.", max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_keeps_its_addresses(text):
    """What has an address is a line, or part of one."""
    if "@" not in text:
        return
    lines = read(text, COLUMNS).lines
    assert "".join(line.text for line in lines).count("@") >= 1


def test_five_thousand_people_are_read_and_one_more_is_not():
    rows = [f"person{number}@contoso.com,Person {number}" for number in range(MOST_PEOPLE)]
    assert len(read("\n".join(["upn,name", *rows]), COLUMNS).lines) == MOST_PEOPLE
    with pytest.raises(BadOrder, match="5,001 people; I take up to 5,000"):
        read("\n".join(["upn,name", *rows, "more@contoso.com,More"]), COLUMNS)


@pytest.mark.parametrize(
    "text",
    [
        "a@x.com, b@x.com",
        "a@x.com;b@x.com",
        "a@x.com b@x.com",
        "a@x.com\n\nb@x.com\n",
        "a@x.com\tb@x.com",
        "a@x.com,\nb@x.com,",
    ],
)
def test_addresses_however_they_are_kept_apart(text):
    assert [line.text.strip(",") for line in read(text, COLUMNS).lines] == ["a@x.com", "b@x.com"]


def test_options_behind_several_addresses_are_those_of_each():
    lines = read('a@x.com b@x.com license=E3 name="J, D"', COLUMNS).lines
    assert [line.text for line in lines] == ['a@x.com license=E3 name="J, D"', 'b@x.com license=E3 name="J, D"']


def test_addresses_as_a_mail_program_copies_them():
    lines = read("Doe, Jane <a@x.com>; Bob <b@x.com>", COLUMNS).lines
    assert [line.text for line in lines] == ["Doe, Jane <a@x.com>", "Bob <b@x.com>"]


def test_bad_lines_have_their_numbers_and_the_others_count():
    text = 'sep=;\nupn;name\na@x.com;"Jane\nDoe"\n;Nobody\n\nb@x.com;Bob;more\nc@x.com;Carl'
    lines = read(text, COLUMNS).lines
    assert [(line.number, line.text, bool(line.problem)) for line in lines] == [
        (3, "a@x.com", False),
        (5, "", True),
        (7, "b@x.com", True),
        (8, "c@x.com", False),
    ]
    assert "3 values, and the header 2 columns" in lines[2].problem


def test_one_broken_quotation_mark_costs_one_line():
    lines = read('upn,name\na@x.com,"Jane" Doe\nb@x.com,Bob', COLUMNS).lines
    assert lines[0] == Line(2, "", {}, lines[0].problem)
    assert "quotation mark" in lines[0].problem
    assert lines[1].fields == {"upn": "b@x.com", "name": "Bob"}


def test_columns_that_nothing_is_made_of_are_named():
    assert read("E-Mail;Display Name;Phone;licnse\na@x.com;A;1;E3", COLUMNS).unused == ("Phone", "licnse")


def test_an_address_is_no_header():
    assert is_table("upn,name", COLUMNS)
    assert not is_table("a@x.com,upn", COLUMNS)
    assert not is_table("name,license", COLUMNS)


def test_a_file_that_is_too_large_is_told():
    with pytest.raises(BadOrder, match="at most"):
        decode(b"a" * (MOST_BYTES + 1))
