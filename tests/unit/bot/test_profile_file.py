"""The file of profiles: what is read, and the one line about what is wrong."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.processes import ROOT

from bot.profile_file import read_profiles
from bot.settings import SettingsError, read

GROUP = "6f0e1d2c-0000-4000-8000-0000000000D1"


def file_of(folder, text):
    path = folder / "profiles.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def test_the_example_is_read():
    sales, field = read_profiles(str(ROOT / "docs/profiles.example.toml"))
    assert (sales.name, sales.license, sales.manager, len(sales.groups)) == (
        "sales",
        "Office 365 E3",
        "mona@contoso.com",
        2,
    )
    assert sales.welcome is not None
    assert sales.welcome.text.startswith("Hello {name},")
    assert field.disabled_plans == ("TEAMS1", "SWAY")
    assert not field.sends_mail


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sales]\nlicence = 'E3'", "profile sales, licence: is no field of a profile"),
        ("[sales]\nlicense = 3", "profile sales, license: input should be a valid string"),
        ("[sales]\nusage_location = 'UK'", "profile sales, usage_location: must be a country code"),
        ("[sales]\ngroups = ['All Contoso']", "profile sales, groups.0: must be the object id of a group"),
        ("[sales]\nmanager = 'Mona'", "profile sales, manager: must be an address"),
        ("[sales]\nlanguage = 'German'", "profile sales, language: must be a language such as de-DE"),
        (f"[sales]\nlicense_by_group = '{GROUP}'", "profile sales: license_by_group needs the license"),
        (
            f"[sales]\nlicense = 'E3'\ndisabled_plans = ['SWAY']\nlicense_by_group = '{GROUP}'",
            "profile sales: disabled_plans and license_by_group",
        ),
        (
            "[sales.welcome]\nsubject = 'Hi {nam}'\ntext = 'x'",
            "profile sales, welcome.subject: has the unknown placeholder {nam}; there are {name}",
        ),
        ("[sales.welcome]\nsubject = 'Hi'\ntext = '{name.__class__}'", "welcome.text: has the unknown placeholder"),
        ("[sales.welcome]\nsubject = 'Hi'\ntext = '{name'", "welcome.text: has a brace without its other one"),
        ("[sales.welcome]\nsubject = \"Hi\\nBcc: x\"\ntext = 'x'", "welcome.subject: must be one line"),
        ("[sales.welcome]\nsubject = 'Hi'", "profile sales, welcome.text: field required"),
        ("[Sales]\nlicense = 'E3'", "profile Sales: a name has small letters"),
        ("license = 'E3'", "profile license: this stands outside of a profile"),
        ("[sales\n", "is no TOML: "),
        (b"\xff\xfe", "is not UTF-8"),
    ],
)
def test_a_mistake_is_one_line_with_the_file_the_profile_and_the_field(tmp_path, text, says):
    with pytest.raises(ValueError, match="profiles") as caught:
        read_profiles(file_of(tmp_path, text))
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_start_stops_with_the_line(monkeypatch, tmp_path):
    monkeypatch.setenv("MAILROOM_PROFILES", file_of(tmp_path, "[sales]\nusage_location = 'UK'"))
    with pytest.raises(SettingsError) as caught:
        read(None)
    assert str(caught.value).startswith("MAILROOM_PROFILES ")
    assert "profiles.toml, profile sales, usage_location: must be" in str(caught.value)


def test_a_profile_that_writes_needs_a_mailbox_to_write_from(monkeypatch):
    monkeypatch.setenv("MAILROOM_PROFILES", str(ROOT / "docs/profiles.example.toml"))
    monkeypatch.setenv("MAILROOM_TENANT_ID", "6f0e1d2c-0000-4000-8000-000000000001")
    with pytest.raises(SettingsError, match="MAILROOM_MAIL_SENDER is missing: the profile sales sends a message"):
        read(None)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"[sales]\n{text}".encode()))
def test_whatever_the_file_holds_is_read_or_told_in_one_line(tmp_path_factory, content):
    path = file_of(tmp_path_factory.mktemp("profiles"), content)
    told = ""
    try:
        known = read_profiles(path)
    except ValueError as error:
        told = str(error)
    assert "\n" not in told
    assert not told or path in told
    if not told:
        assert {one.name for one in known} == set(tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n")))
