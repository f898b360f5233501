"""What the Playground is started with; an end-to-end test elsewhere drives the real one."""

from pathlib import Path
from uuid import UUID

from sandbox import playground
from sandbox.people import TENANT_ID


def test_the_config_has_the_five_other_users_that_the_playground_insists_on() -> None:
    config = playground.config()
    assert len(config["users"]) == 5
    assert config["currentUser"]["userPrincipleName"] == "helga@contoso.com"
    assert config["tenantId"] == TENANT_ID


def test_every_id_in_the_config_is_a_real_guid_and_nobody_is_there_twice() -> None:
    people = [playground.config()["currentUser"], *playground.config()["users"]]
    ids = [person["aadObjectId"] for person in people]
    assert len(set(ids)) == len(ids)
    assert all(str(UUID(each)) == each for each in ids)


def test_node_runs_the_server_itself_without_telemetry(tmp_path: Path) -> None:
    program = playground.client("/usr/bin/node", 56150, 3978, tmp_path)
    assert program.argv[0] == "/usr/bin/node"
    assert "--disable-telemetry" in program.argv
    assert "http://127.0.0.1:3978/api/messages" in program.argv
    assert program.env["BROWSER"] == "none"


def test_it_is_never_a_dependency() -> None:
    root = Path(__file__).parents[3]
    for locked in ("requirements.txt", "requirements-dev.txt", "package.json"):
        assert not (root / locked).exists() or "agentsplayground" not in (root / locked).read_text()
