"""What people type and what Teams makes of it, as a table and as properties."""

import contextlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.grammar import MESSAGE_LIMIT, Command, address_of, check_address, options_of, parse
from handlers.ordering import OPTIONS
from handlers.text import plain_text, tidy
from provisioning.errors import BadOrder

JANE = "jane@contoso.com"


def understand(raw):
    command = parse(raw)
    return command.name, address_of(command), options_of(command, OPTIONS)


MESSY = [
    "provision jane@contoso.com",
    "  provision   jane@contoso.com  ",
    "Provision JANE@Contoso.com",
    "PROVISION JANE@CONTOSO.COM!",
    "/provision jane@contoso.com",
    "provision jane@contoso.com.",
    "provision jane@contoso.com, please!",
    "Hi, please provision jane@contoso.com, thanks",
    "provision\njane@contoso.com\n",
    "provision\u00a0jane@contoso.com",
    "provision\u202f\u2003jane@contoso.com",
    "\ufeffprovision jane\u200b@contoso.com\u200e",
    "provi\u00adsion jane@contoso.com",
    "ｐｒｏｖｉｓｉｏｎ　ｊａｎｅ＠ｃｏｎｔｏｓｏ．ｃｏｍ",
    "provision “jane@contoso.com”",
    "provision 'jane@contoso.com'",
    "“provision jane@contoso.com”",
    "provision (jane@contoso.com)",
    "provision mailto:jane@contoso.com",
    "provision MAILTO:Jane@contoso.com?subject=Welcome",
    "provision <jane@contoso.com>",
    "provision &lt;jane@contoso.com&gt;",
    "provision jane@contoso.com<mailto:jane@contoso.com>",
    "provision [jane@contoso.com](mailto:jane@contoso.com)",
    "<at>Mailroom</at> provision jane@contoso.com",
    "<at>Mailroom</at>&nbsp;provision jane@contoso.com\r\n",
    '<at id="0">Mail<b>room</b></at> provision jane@contoso.com',
    "<p>provision jane@contoso.com</p>",
    "<div><div>provision&nbsp;jane@contoso.com</div>\n</div>",
    "<p>provision</p><p>jane@contoso.com</p>",
    "provision<br>jane@contoso.com<br/>",
    '<p>provision <a href="mailto:jane@contoso.com" title="x">jane@contoso.com</a></p>',
    '<p>provision <a href="mailto:jane@contoso.com">Jane Doe</a></p>',
    "provision <strong>jane</strong>@contoso.com",
    '<span style="font-size:14px">provision jane@contoso.com</span>',
    "provision jane&#64;contoso.com",
    "provision&amp;nbsp;jane@contoso.com",
    "<!-- x -->provision jane@contoso.com",
]


@pytest.mark.parametrize("raw", MESSY)
def test_messy_texts_are_understood(raw):
    command = parse(raw)
    assert (command.name, address_of(command), command.options) == ("provision", JANE, ())


QUOTES = ['"{}"', "“{}”", "„{}“", "”{}”", "«{}»", "»{}«", "'{}'", "‘{}’", "‚{}‘", "‹{}›", "&quot;{}&quot;", "＂{}＂"]


@pytest.mark.parametrize("quotes", QUOTES)
@pytest.mark.parametrize("name", ["Jane Doe", "Conan O’Brien", "Jane D'Arc-Smith", "R&D, Jane (Dr.)"])
def test_values_in_any_quotes(quotes, name):
    command = parse(f"provision jane@contoso.com name={quotes.format(name)} location=US")
    assert options_of(command, OPTIONS) == {"name": name, "location": "US"}


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        ("provision license=E3 jane@contoso.com location=us", {"license": "E3", "location": "us"}),
        ("provision jane@contoso.com name = “Jane Doe” , license= E3.", {"name": "Jane Doe", "license": "E3"}),
        ("provision jane@contoso.com NAME=Jane;", {"name": "Jane"}),
        ("provision jane@contoso.com<br>department=R&amp;D<br>licence=E3", {"department": "R&D", "license": "E3"}),
        ("provision jane@contoso.com\nusage-location=DE\nsku=SPE_E3", {"location": "DE", "license": "SPE_E3"}),
        ("provision jane@contoso.com name=O'Brien", {"name": "O'Brien"}),
        ("provision jane@contoso.com name=李雷", {"name": "李雷"}),
        ("provision jane@contoso.com name=Zoe\u0308", {"name": "Zoë"}),
        ('provision jane@contoso.com name="Jane"license=E3', {"name": "Jane", "license": "E3"}),
        ("provision jane@contoso.com manager=&lt;mona@contoso.com&gt;", {"manager": "<mona@contoso.com>"}),
        ("provision jane@contoso.com license=E3 please", {"license": "E3"}),
    ],
)
def test_options(raw, options):
    command = parse(raw)
    assert address_of(command) == JANE
    assert options_of(command, OPTIONS) == options


@pytest.mark.parametrize(
    "raw",
    ['provision "Jane Doe" <jane@contoso.com>', "provision Jane Doe &lt;jane@contoso.com&gt;"],
)
def test_the_name_in_front_of_a_bracketed_address(raw):
    command = parse(raw)
    assert (command.label, address_of(command)) == ("Jane Doe", JANE)


@pytest.mark.parametrize("raw", ["", "   ", "<p>&nbsp;</p>", "<at>Mailroom</at>", "\u200b", "hello", "Hi!", "<br><br>"])
def test_nothing_said(raw):
    assert parse(raw).name == ""


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("provision", "For whom?"),
        ("provision jane", "“jane” is not an address"),
        ("provision jane doe", "“jane doe” is not an address"),
        ("provision jane@contoso", "“jane@contoso” is not an address: the part after the @-sign is not valid"),
        ("provision @contoso.com", "there must be something before the @-sign"),
        ("provision jane@", "there must be something after the @-sign"),
        ("provision ja..ne@contoso.com", "two periods in a row"),
        ("provision a@b@contoso.com", "is not an address"),
        ("provision jane@contoso.com bob@contoso.com", "one person at a time. You named jane@contoso.com and bob@"),
        ("provision jane@contoso.com,bob@contoso.com", "one person at a time"),
        ("provision jane@contoso.com; bob@contoso.com", "one person at a time"),
        ("provision jane@contoso.com today", "I do not know what “today” means here"),
        ("provision " + "x" * 300 + "@contoso.com", "too long for an address"),
        ("provision jane@contoso.com nmae=Jane", "There is no option “nmae”. Did you mean name? The options are name,"),
        ("provision jane@contoso.com colour=red", "no option “colour”. The options are name, license, location, mana"),
        ("provision jane@contoso.com name=A name=B", "there twice, with “A” and “B”"),
        ("provision jane@contoso.com license=E3 licence=E5", "there twice"),
        ("provision jane@contoso.com name=", "name has no value"),
        ('provision jane@contoso.com name=""', "name has no value"),
        ("provision jane@contoso.com name=, license=E3", "name has no value"),
        ("provision jane@contoso.com name= license=E3", "name has no value"),
        ('provision jane@contoso.com name="Jane', "is never closed"),
        ("provision jane@contoso.com name=Jane Doe", 'Put quotation marks around a value with spaces: name="Jane Doe"'),
        ("x" * 4001, "4,001 characters; I read up to 4,000"),
    ],
)
def test_what_cannot_be_understood_is_said(raw, sentence):
    with pytest.raises(BadOrder) as caught:
        understand(raw)
    assert sentence in caught.value.sentence
    assert len(caught.value.sentence) < 400


text = st.text(st.characters(codec=None), max_size=300)  # lone surrogates too: JSON may carry them
NASTY = """
    provision jane@contoso.com < > &lt; &amp; &amp;lt; <p> </p> <br/> <at> </at> </a> name = " „ “ ' ’ « , <!-- -->
    [ ](mailto:x@y.de) &nbsp; please ｘ＝ @ / ; .
"""
NASTY_PIECES = [*NASTY.split(), '<a href="mailto:x@y.de">', " ", "\u00a0", "\u200b", "\u200d", "\ud800", "\n"]
nasty = st.lists(st.sampled_from(NASTY_PIECES), max_size=40).map("".join)


@given(text | nasty)
@settings(max_examples=400)
def test_any_text_is_a_command_or_a_sentence(raw):
    with contextlib.suppress(BadOrder):
        understand(raw)


@given(text | nasty)
@settings(max_examples=400)
def test_cleaning_is_idempotent(raw):
    once = plain_text(raw)
    assert plain_text(once) == once
    assert tidy(once) == once
    assert "\n" not in once
    once.encode()  # nothing is left that cannot be stored


@given(nasty, nasty)
@example("<=,jane@contoso.com", "jane@contoso.com")
@settings(max_examples=400)
def test_a_command_is_understood_again_as_itself(before, after):
    raw = f"provision {before} jane@contoso.com {after}"
    try:
        understood = understand(raw)
    except BadOrder:
        return
    assert understand(parse(raw).text) == understood


words = st.text(st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x17F), min_size=1, max_size=12)
values = st.lists(words, min_size=1, max_size=3).map(" ".join).filter(lambda value: tidy(value) == value)
names = st.sampled_from(["name", "license", "location", "manager", "department"])
addresses = st.from_regex(r"[a-z][a-z0-9]{0,10}(\.[a-z0-9]{1,8})?@contoso\.com", fullmatch=True)
spaces = st.sampled_from([" ", "  ", "\u00a0", "&nbsp;", "<br>", "\n", "\u200b ", "\u3000", "</div><div>"])
decorations = st.sampled_from(
    ["{}", "<p>{}</p>", "<at>Mailroom</at> {}", "<div>{}</div>", "{}\n", "Hi, {}", "\ufeff{}", "{} please", "/{}"]
)


@given(
    addresses, st.dictionaries(names, values), spaces, decorations, st.sampled_from(QUOTES), st.booleans(), st.data()
)
@settings(max_examples=300)
def test_round_trip_through_decorations(address, options, space, decoration, quotes, shout, data):
    pieces = [f"{key}={quotes.format(value)}" for key, value in options.items()]
    pieces.append(f"<a href='mailto:{address}'>{address}</a>" if shout else address)
    pieces = data.draw(st.permutations(pieces))
    command = parse(decoration.format(space.join(["PROVISION" if shout else "provision", *pieces])))
    assert command.name == "provision"
    assert address_of(command) == address
    assert options_of(command, OPTIONS) == options


@given(addresses)
def test_addresses_stay_themselves(address):
    assert check_address(address) == address
    assert check_address(f" <MAILTO:{address.upper()}>, ") == address


def test_a_command_can_be_typed_again():
    options = (("name", 'Jane "JD" Doe'), ("license", "E3"))
    typed = Command("provision", (JANE,), options, "Jane").text
    assert parse(typed) == Command("provision", (JANE,), options, "Jane")


def test_deeply_nested_entities_end():
    raw = ("&amp;" + "amp;" * 990)[:MESSAGE_LIMIT]
    assert plain_text(plain_text(raw)) == plain_text(raw)
