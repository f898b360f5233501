"""The Teams app package: held to Microsoft's schema, to the rules for icons, and to what the handlers know."""

import hashlib
import io
import json
import zipfile

import pytest
from PIL import Image

from handlers import registry
from handlers.extensions import extension_ids
from manifest import icons, package

APP = "6f0e1d2c-0000-4000-8000-00000000b07b"
VALUES = {
    "APP_ID": APP,
    "DOMAIN": "mailroom.contoso.com",
    "WEBSITE_URL": "https://intranet.contoso.com/mailroom",
    "PRIVACY_URL": "https://intranet.contoso.com/privacy",
    "TERMS_URL": "https://intranet.contoso.com/terms",
    "VERSION": package.version(),
}
MANIFEST = package.filled(VALUES)
BOT = MANIFEST["bots"][0]
COMMANDS = [one for shown in BOT["commandLists"] for one in shown["commands"]]


def test_the_schema_is_microsofts_own_file():
    said = (package.HERE / "schema" / "README.md").read_text()
    assert hashlib.sha256(package.SCHEMA.read_bytes()).hexdigest() in said
    assert f"**{MANIFEST['manifestVersion']}**" in said


def test_manifest_and_icons_are_in_order():
    assert package.complaints(MANIFEST) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("APP_ID", "not-an-id", "not-an-id"), ("DOMAIN", "https://x.test/", "no domain"), ("WEBSITE_URL", "ftp", "ftp")],
)
def test_a_wrong_value_makes_no_package(name, value, said, tmp_path):
    with pytest.raises(package.BadPackage, match=said):
        package.zipped(package.filled({**VALUES, name: value}))


def test_what_is_not_filled_in_is_named():
    with pytest.raises(package.BadPackage, match="DOMAIN"):
        package.filled({name: value for name, value in VALUES.items() if name != "DOMAIN"})


def test_the_zip_has_three_files_at_its_root_and_the_same_bytes_every_time():
    first = package.zipped(MANIFEST)
    assert package.zipped(MANIFEST) == first
    with zipfile.ZipFile(io.BytesIO(first)) as opened:
        assert sorted(opened.namelist()) == ["color.png", "manifest.json", "outline.png"]
        assert json.loads(opened.read("manifest.json")) == MANIFEST


def test_the_command_line_writes_it(tmp_path, capsys):
    out = tmp_path / "app.zip"
    assert package.main(["--app-id", APP, "--domain", "mailroom.contoso.com", "--out", str(out)]) == 0
    assert zipfile.is_zipfile(out)
    assert package.main(["--app-id", "x", "--domain", "mailroom.contoso.com", "--out", str(tmp_path / "no")]) == 1
    assert "botId" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


def test_every_command_of_the_manifest_is_one_of_the_handlers():
    typed = {(one.get("prompt") or one["title"]).split()[0] for one in COMMANDS}
    assert typed <= {known.usage.split()[0] for known in registry.helps()}


def test_every_scope_has_its_commands_prompt_starters_and_help():
    assert [shown["scopes"] for shown in BOT["commandLists"]] == [["personal"], ["team", "groupChat"]]
    for shown in BOT["commandLists"]:
        titles = [one["title"] for one in shown["commands"]]
        assert len(set(titles)) == len(titles) <= 12
        assert "help" in titles
        assert any(one.get("type") == "prompt" and one.get("prompt") for one in shown["commands"])


def test_what_teams_shows_in_a_menu_is_short_enough_to_read():
    for one in COMMANDS:
        assert len(one["title"]) <= 32, one
        assert len(one["description"]) <= 128, one


def test_the_message_extension_is_that_of_the_handlers():
    assert {one["id"] for one in MANIFEST["composeExtensions"][0]["commands"]} == extension_ids()


def test_it_asks_for_no_permission_that_it_does_not_need():
    assert "authorization" not in MANIFEST  # a bot that is mentioned needs no resource-specific consent
    assert "permissions" not in MANIFEST
    assert MANIFEST["validDomains"] == ["mailroom.contoso.com"]


def test_icons_that_break_the_rules_are_told(tmp_path):
    Image.new("RGBA", (192, 192), (0, 0, 0, 0)).save(tmp_path / "color.png")
    Image.new("RGBA", (32, 32), (255, 0, 0, 255)).save(tmp_path / "outline.png")
    told = " ".join(icons.complaints(tmp_path))
    assert "transparent in places" in told
    assert "not white" in told
    Image.new("RGBA", (64, 64)).save(tmp_path / "color.png")
    (tmp_path / "outline.png").write_bytes(b"no picture")
    assert icons.complaints(tmp_path) == [
        "color.png is 64 x 64; it has to be 192 x 192.",
        "outline.png is missing or is no picture.",
    ]


def test_a_symbol_that_leaves_the_middle_is_told(tmp_path):
    image = Image.open(icons.FOLDER / "color.png").convert("RGBA")
    image.putpixel((20, 96), (255, 255, 255, 255))
    image.save(tmp_path / "color.png")
    Image.open(icons.FOLDER / "outline.png").save(tmp_path / "outline.png")
    assert icons.complaints(tmp_path) == ["color.png has something outside of its middle 120 x 120 pixels."]
