"""What the doctor finds of each thing that can be wrong, and that it neither hangs nor tells a secret."""

import asyncio
import base64
import json
import sqlite3
import ssl
import threading
import time
import zipfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from support.activities import TENANT_ID
from support.graph_app import Reply, ScriptedGraph
from support.postgres import Cluster
from support.tokens import APP_ID, APP_PASSWORD, new_key

from bot import doctor
from bot.checkup import Found, State, aside, database, failed, ok, teams, warning, within
from bot.checkup.database import check_database
from bot.checkup.settings import check_settings
from bot.checkup.teams import Place, check_teams, place_of
from bot.checkup.tenant import check_permissions, check_tenant
from bot.settings import Settings
from graph.credentials import LOCAL_TOKEN
from graph.granted import features
from jobs.migrations import migrate
from jobs.tables import greetings, open_engine
from provisioning.errors import DatabaseUnavailable

SECRET_URL = "postgresql://mailroom:hidden-password@127.0.0.1:9/mailroom"


def settings(**more: object) -> Settings:
    usual = {"tenant_id": TENANT_ID, "app_id": APP_ID, "app_password": APP_PASSWORD}
    return Settings(_env_file=None, **{**usual, **more})


def by_name(found: list[Found]) -> dict[str, Found]:
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def states(found: list[Found]) -> dict[str, str]:
    return {one.name: one.state.value for one in found}


async def test_a_check_that_hangs_breaks_or_fails_is_told_and_its_thread_holds_nothing_up():
    never = threading.Event()

    def broken() -> Found:
        raise ValueError("hidden-password")

    def gone() -> Found:
        raise DatabaseUnavailable("Mailroom's database does not answer.")

    assert await within("x", aside(never.wait), "Do it.", 0.05) == failed(
        "x", "No answer within 0.05 seconds.", "Do it."
    )
    assert await within("x", aside(broken), "") == failed("x", "The check broke: ValueError.", "")
    assert await within("x", aside(gone), "") == failed("x", "Mailroom's database does not answer.", "")
    assert await within("x", aside(lambda: ok("x", "Fine.")), "") == ok("x", "Fine.")
    never.set()


def test_the_exit_code_is_the_worst_that_was_found(capsys: pytest.CaptureFixture[str]):
    good, bad, worst = ok("a", "Fine."), warning("b", "So so.", "Do it."), failed("c", "Bad.", "Do that.")
    codes = [doctor.code_of(found) for found in ([good], [good, bad], [worst, bad, good])]
    assert codes == [0, 1, 2]


def test_a_wrong_setting_is_the_one_thing_that_is_told(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    assert doctor.main([]) == 2
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith(
        "failed   settings  MAILROOM_TENANT_ID is missing: the id of your Entra tenant. Correct it"
    )
    assert said[1] == "0 ok, 0 warning, 1 failed, 0 skipped"
    assert doctor.main(["--json"]) == 2
    assert json.loads(capsys.readouterr().out)["checks"][0]["state"] == "failed"


def test_the_settings_are_looked_at_as_an_operator_would(tmp_path):
    group = "6f0e1d2c-0000-4000-8000-0000000000a1"
    nothing_set = states(check_settings(settings(), tmp_path / ".env"))
    assert nothing_set == {
        "settings": "ok",
        "settings.roles": "warning",
        "settings.approvers": "warning",
        "settings.retention": "ok",
    }
    assert set(states(check_settings(settings(admins=group), tmp_path / ".env")).values()) == {"ok"}
    env = tmp_path / ".env"
    env.write_text("MAILROOM_APP_PASSWORD=x")
    for mode, state in ((0o644, "warning"), (0o600, "ok")):
        env.chmod(mode)
        assert states(check_settings(settings(), env))["settings.file"] == state


@pytest.fixture
def database_file(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir(mode=0o755)
    return tmp_path / "data/mailroom.db"


def look(file: Path) -> dict[str, Found]:
    return by_name(asyncio.run(check_database(settings(database_url=f"sqlite:///{file}"))))


def test_a_database_that_is_not_there_is_not_made(database_file: Path):
    found = look(database_file)
    assert found.pop("database").is_failed
    assert {one.state for one in found.values()} == {State.SKIPPED}
    assert not database_file.exists()


def test_the_tables_may_be_missing_old_current_or_newer(database_file: Path):
    database_file.touch()
    assert look(database_file)["database.tables"].sentence == "There are no tables yet."
    with closing(open_engine(f"sqlite:///{database_file}").connect()) as connection:
        migrate(connection.engine)
        assert look(database_file)["database.tables"].state is State.OK
        for step, words in (("0003", "At step 0003, this version has"), ("9999", "newer than this version's")):
            connection.execute(sa.text(f"UPDATE alembic_version SET version_num = '{step}'"))
            connection.commit()
            found = look(database_file)["database.tables"]
            assert (found.state, words in found.sentence) == (State.WARNING, True)
        connection.engine.dispose()


def test_a_sqlite_file_is_for_its_owner_and_needs_room(database_file: Path, monkeypatch):
    engine = open_engine(f"sqlite:///{database_file}")
    migrate(engine)
    database_file.chmod(0o644)
    found = look(database_file)
    assert found["database.file"].state is State.WARNING
    assert f"chmod 600 {database_file}" in found["database.file"].remedy
    database_file.parent.chmod(0o700)
    assert look(database_file)["database.file"].state is State.OK

    assert found["teams.conversations"].state is State.WARNING
    with engine.begin() as connection:
        connection.execute(greetings.insert().values(conversation_id="a:helga"))
    assert look(database_file)["teams.conversations"].sentence == "1 are known."
    monkeypatch.setattr(database, "TOO_LITTLE", 10**18)
    assert look(database_file)["database.room"].is_failed
    engine.dispose()


def test_a_database_that_takes_no_write_is_cut_off(database_file: Path, monkeypatch):
    engine = open_engine(f"sqlite:///{database_file}")
    migrate(engine)
    monkeypatch.setattr(within, "__defaults__", (0.3,))
    with closing(sqlite3.connect(database_file)) as other:
        other.execute("BEGIN IMMEDIATE")
        found = look(database_file)
        other.rollback()
    assert found["database.writable"].sentence == "No answer within 0.3 seconds."
    assert found["database.tables"].state is State.OK
    engine.dispose()


async def test_postgresql_is_looked_at_and_its_password_never_shown(postgres: Cluster):
    url = postgres.new_database()
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    found = by_name(await check_database(settings(database_url=url)))
    assert {name: one.state.value for name, one in found.items()} == {
        "database": "ok",
        "database.tables": "ok",
        "database.writable": "ok",
        "database.room": "ok",
        "database.file": "skipped",
        "teams.conversations": "warning",
    }
    gone = await check_database(settings(database_url=SECRET_URL))
    assert gone[0].is_failed
    assert "hidden-password" not in str(gone)


def jwt_of(**claims: object) -> str:
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"e30.{part}.c2ln"


class FakeCredential:
    def __init__(self, text: str = "", error: Exception | None = None) -> None:
        self.text, self.error = text, error

    async def get_token(self, *scopes, **kwargs):
        if self.error:
            raise self.error
        return AccessToken(self.text, 2**31)

    async def close(self) -> None:
        """Nothing is held."""


async def tenant(monkeypatch, credential: FakeCredential, *replies: Reply) -> dict[str, Found]:
    monkeypatch.setattr("bot.app.credential_for", lambda *_: credential)
    async with ScriptedGraph() as graph:
        graph.on("GET", "/organization", *replies)
        return by_name(await check_tenant(settings(graph_base_url=graph.base_url)))


async def test_each_permission_has_its_line_and_what_is_too_much_is_named(monkeypatch):
    held = [name for name in features() if name not in ("Mail.Read", "User.Read.All")]
    roles = [*held, "Sites.FullControl.All"]
    token = jwt_of(appid=APP_ID, tid=TENANT_ID, oid="o-1", app_displayname="Mailroom", roles=roles)
    found = await tenant(monkeypatch, FakeCredential(token), Reply(200, {"value": []}))
    assert found["identity"].sentence == f"Token of the app registration Mailroom, app {APP_ID}, object o-1."
    assert found["graph"].state is State.OK
    assert {name for name in found if name.startswith("permission.")} == {f"permission.{name}" for name in features()}
    assert found["permission.Mail.Read"].state is State.WARNING
    assert "going on with a message whose sending was interrupted" in found["permission.Mail.Read"].sentence
    assert f"infra/grant-graph-roles.sh {APP_ID}" in found["permission.Mail.Read"].remedy
    assert found["permission.User.Read.All"] == ok("permission.User.Read.All", "Comes with User.ReadWrite.All.")
    assert "Sites.FullControl.All" in found["permissions.beyond"].sentence
    assert token not in str(found)


async def test_another_identity_than_the_settings_name_fails(monkeypatch):
    found = await tenant(monkeypatch, FakeCredential(jwt_of(appid="other", tid=TENANT_ID)), Reply(200, {"value": []}))
    assert found["identity"].is_failed
    assert found["permission.User.Read.All"].state is State.WARNING


async def test_entras_reason_for_no_token_is_told(monkeypatch):
    error = ClientAuthenticationError("AADSTS7000222: The provided client secret keys are expired.")
    found = await tenant(monkeypatch, FakeCredential(error=error))
    assert "AADSTS7000222" in found["identity"].sentence
    assert found["permissions"].state is found["graph"].state is State.SKIPPED


async def test_graph_that_does_not_answer_fails_alone(monkeypatch):
    found = await tenant(monkeypatch, FakeCredential(LOCAL_TOKEN), Reply(403, {"error": {"code": "x", "message": "y"}}))
    assert (found["identity"].state, found["graph"].state) == (State.OK, State.FAILED)
    assert check_permissions(LOCAL_TOKEN, settings())[0].state is State.SKIPPED


def reached(tokens, **more: object) -> Settings:
    return settings(login_url=tokens.url, openid_metadata_url=tokens.metadata_url, **more)


async def test_a_bot_that_is_well_is_found_well(secure, tokens):
    port = int(secure.url.rpartition(":")[2])
    found = by_name(await check_teams(reached(tokens, port=port), place_of(reached(tokens, port=port), ""), None))
    good = ("endpoint.healthz", "endpoint.readyz", "endpoint.messages", "teams.token", "teams.keys", "teams.clock")
    assert {name: found[name].state for name in good} == dict.fromkeys(good, State.OK)
    assert {found[name].state for name in ("endpoint.tls", "endpoint.package")} == {State.SKIPPED}
    assert "outbound-" not in str(found)


async def test_nobody_at_the_address_and_no_token_are_told(tokens):
    tokens.is_down = True
    found = by_name(await check_teams(reached(tokens), Place("http://127.0.0.1:9", is_public=True), None))
    for name in ("endpoint.tls", "endpoint.healthz", "endpoint.messages", "teams.token", "teams.keys"):
        assert found[name].is_failed
    assert APP_PASSWORD not in str(found)


async def test_a_wrong_secret_is_told_with_entras_number(tokens):
    tokens.publish(new_key("k1"))
    wrong = reached(tokens, app_password="hidden-password")
    found = by_name(await check_teams(wrong, Place("http://127.0.0.1:9", is_public=False), None))
    assert "AADSTS7000215" in found["teams.token"].sentence
    assert "hidden-password" not in str(found)


async def answer_with(messages: int, ready: int, body: object = None) -> dict[str, Found]:
    async def on_messages(_: web.Request) -> web.Response:
        return web.Response(status=messages)

    async def on_ready(_: web.Request) -> web.Response:
        return web.json_response(body, status=ready)

    app = web.Application()
    app.router.add_post("/api/messages", on_messages)
    app.router.add_get("/readyz", on_ready)
    async with TestServer(app) as server:
        place = Place(str(server.make_url("")).rstrip("/"), is_public=True)
        return by_name(await check_teams(settings(openid_metadata_url="http://127.0.0.1:9/x"), place, None))


@pytest.mark.parametrize(("status", "words"), [(200, "took a message without a token"), (404, "answered 404")])
async def test_whatever_else_answers_at_the_endpoint_fails(status, words):
    found = await answer_with(status, 200)
    assert (found["endpoint.messages"].is_failed, words in found["endpoint.messages"].sentence) == (True, True)
    assert found["endpoint.healthz"].is_failed


async def test_a_bot_that_is_not_ready_says_why_and_a_closed_path_is_no_failure():
    found = await answer_with(401, 503, {"parts": {"jobs": "DatabaseUnavailable", "graph": "ok"}})
    assert "(jobs: DatabaseUnavailable)" in found["endpoint.readyz"].sentence
    assert (await answer_with(401, 404))["endpoint.readyz"].state is State.WARNING


def certificate(folder: Path, days: int) -> Path:
    """Of localhost, signed by itself, with its key in the same file."""
    key = new_key("tls").private
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days, hours=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    made = builder.sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    path = folder / f"{days}.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return path


@pytest.mark.parametrize(("days", "state"), [(90, State.OK), (5, State.WARNING)])
async def test_the_certificate_is_looked_at(tmp_path, monkeypatch, days, state):
    path = certificate(tmp_path, days)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost", 0, ssl=context)
    async with server:
        place = Place(f"https://localhost:{server.sockets[0].getsockname()[1]}", is_public=True)
        refused = await teams._tls(place)
        assert (refused.is_failed, "is refused: self" in refused.sentence) == (True, True)
        monkeypatch.setattr(teams, "_context", lambda: ssl.create_default_context(cafile=path))
        found = await teams._tls(place)
    assert (found.state, f"good for {days} more days" in found.sentence) == (state, True)


@pytest.mark.parametrize(
    ("bot_id", "domains", "state"),
    [
        (APP_ID, ["bot.contoso.com"], State.OK),
        (APP_ID, ["old.contoso.com"], State.FAILED),
        ("other", ["bot.contoso.com"], State.FAILED),
    ],
)
async def test_the_app_package_is_for_this_bot_at_this_address(tmp_path, bot_id, domains, state):
    path = tmp_path / "app.zip"
    with zipfile.ZipFile(path, "w") as archive:
        manifest = {"version": "1.0.0", "bots": [{"botId": bot_id}], "validDomains": domains}
        archive.writestr("manifest.json", json.dumps(manifest))
    place = Place("https://bot.contoso.com", is_public=True)
    assert (await teams._package(path, place, settings())).state is state
    path.write_text("no zip")
    assert (await teams._package(path, place, settings())).is_failed


@pytest.mark.parametrize(("ahead", "state"), [(0, State.OK), (-60, State.WARNING), (3600, State.FAILED)])
async def test_a_clock_that_is_off_is_told(tokens, session, ahead, state):
    found = await teams._clock(session, reached(tokens), lambda: time.time() + ahead)
    assert found.state is state
