"""Settings: what is read, and the one line for each mistake."""

import pytest
from pydantic import ValidationError
from support.activities import OTHER_TENANT_ID, TENANT_ID
from support.tokens import APP_ID

from bot.settings import AppType, Settings, SettingsError, in_force, is_loopback, read, rows

GOOD = {"TENANT_ID": TENANT_ID, "APP_ID": APP_ID, "APP_PASSWORD": "hush-hush"}
DEMO = {"TENANT_ID": TENANT_ID, "APP_TYPE": "Anonymous", "GRAPH_BASE_URL": "http://127.0.0.1:4000/v1.0"}


@pytest.fixture
def given(monkeypatch):
    def read_with(values: dict[str, str], **more: str) -> Settings:
        for name, value in {**values, **more}.items():
            monkeypatch.setenv(f"MAILROOM_{name}", value)
        return read(env_file=None)

    return read_with


def test_defaults(given):
    settings = given(GOOD)
    assert (settings.host, settings.port, settings.poll_seconds) == ("127.0.0.1", 3978, 30)
    assert settings.app_type is AppType.SINGLE_TENANT
    assert settings.graph_base_url == "https://graph.microsoft.com/v1.0"
    assert settings.tenants == (TENANT_ID,)
    assert "hush-hush" not in repr(settings)


def test_lists_guids_and_capitals(given):
    settings = given(GOOD, OPERATORS=f" {TENANT_ID.upper()} ,{APP_ID},", ALLOWED_TENANTS=OTHER_TENANT_ID)
    assert settings.operators == (TENANT_ID, APP_ID)
    assert settings.tenants == (OTHER_TENANT_ID,)
    assert given(DEMO, APP_TYPE="anonYMOUS").app_type is AppType.ANONYMOUS


def test_an_empty_variable_is_an_unset_one(given):
    assert given(GOOD, PORT="", OPERATORS="").port == 3978


def test_they_cannot_be_changed(given):
    with pytest.raises(ValidationError):
        given(GOOD).port = 1


def test_an_env_file_is_read(tmp_path):
    file = tmp_path / ".env"
    file.write_text("\n".join(f"MAILROOM_{name}={value}" for name, value in DEMO.items()))
    assert read(file).app_type is AppType.ANONYMOUS


def test_an_env_file_that_is_no_text_is_one_line(tmp_path):
    file = tmp_path / ".env"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError):
        read(file)


MISTAKES = [
    (GOOD, {"TENANT_ID": ""}, "MAILROOM_TENANT_ID is missing"),
    (GOOD, {"APP_ID": ""}, "MAILROOM_APP_ID is missing"),
    (GOOD, {"APP_PASSWORD": ""}, "MAILROOM_APP_PASSWORD is missing"),
    (GOOD, {"TENANT_ID": "contoso"}, "MAILROOM_TENANT_ID must be a GUID"),
    (GOOD, {"OPERATORS": "helga"}, "MAILROOM_OPERATORS must be a GUID"),
    (GOOD, {"APP_TYPE": "MultiTenant"}, "MAILROOM_APP_TYPE must be SingleTenant, UserAssignedMSI or Anonymous"),
    (GOOD, {"PORT": "x"}, "MAILROOM_PORT "),
    (GOOD, {"PORT": "70000"}, "MAILROOM_PORT "),
    (GOOD, {"POLL_SECONDS": "0"}, "MAILROOM_POLL_SECONDS "),
    (GOOD, {"POLL_SECONDS": "nan"}, "MAILROOM_POLL_SECONDS "),
    (GOOD, {"LOG_FORMAT": "xml"}, "MAILROOM_LOG_FORMAT "),
    (GOOD, {"DATABASE_URL": "mysql://x"}, "MAILROOM_DATABASE_URL must begin with"),
    (GOOD, {"DATABASE_LOGIN": "entra"}, "MAILROOM_DATABASE_LOGIN entra needs a postgresql://"),
    (DEMO, {"DATABASE_LOGIN": "entra", "DATABASE_URL": "postgresql://h/d"}, "MAILROOM_DATABASE_LOGIN entra needs"),
    (GOOD, {"GRAPH_BASE_URL": "http://graph.microsoft.com"}, "MAILROOM_GRAPH_BASE_URL must be an https"),
    (GOOD, {"LOGIN_URL": "ftp://x"}, "MAILROOM_LOGIN_URL must be"),
    (GOOD, {"OPENID_METADATA_URL": "http://[::1"}, "MAILROOM_OPENID_METADATA_URL must be"),
    (GOOD, {"DEFAULT_USAGE_LOCATION": "Germany"}, "MAILROOM_DEFAULT_USAGE_LOCATION must be"),
    (DEMO, {"HOST": "0.0.0.0"}, "MAILROOM_HOST must be 127.0.0.1"),
    (DEMO, {"GRAPH_BASE_URL": "https://graph.microsoft.com/v1.0"}, "MAILROOM_GRAPH_BASE_URL"),
]


@pytest.mark.parametrize(("base", "change", "says"), MISTAKES)
def test_a_mistake_is_one_line_that_names_the_setting(given, base, change, says):
    with pytest.raises(SettingsError) as caught:
        given(base, **change)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "hush-hush" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost", "LOCALHOST"])
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.evil.example", "127.0.0.1.evil.example"])
def test_not_loopback(host):
    assert not is_loopback(host)


def test_an_admin_sees_what_is_in_force_and_no_secret(given):
    url = "postgresql://mailroom:hush-hush@db.contoso.com:5432/mailroom?sslpassword=hush-hush"
    hook = "https://hook.contoso.com/?token=hush-hush"
    lines = in_force(given(GOOD, DATABASE_URL=url, RESYNC_WEBHOOK_URL=hook, OPERATORS=APP_ID, SEATS_WARNING="7"))
    shown = {line.name: line.value for line in lines}
    assert "hush-hush" not in repr(lines)
    assert shown["MAILROOM_DATABASE_URL"] == "postgresql://db.contoso.com:5432/mailroom"
    assert (shown["MAILROOM_APP_PASSWORD"], shown["MAILROOM_RESYNC_WEBHOOK_URL"]) == ("set", "set")
    assert (shown["MAILROOM_OPERATORS"], shown["MAILROOM_SEATS_WARNING"]) == (APP_ID, "7")
    changed = {line.name for line in lines if not line.is_default}
    assert "MAILROOM_SEATS_WARNING" in changed
    assert "MAILROOM_PORT" not in changed
    assert {line.name: line.value for line in in_force(given(GOOD, DATABASE_URL="sqlite:////data/x.db"))}[
        "MAILROOM_DATABASE_URL"
    ] == "sqlite:////data/x.db"


def test_every_setting_is_documented():
    assert {row.name for row in rows()} == {f"MAILROOM_{name.upper()}" for name in Settings.model_fields}
    assert all(row.meaning for row in rows())
