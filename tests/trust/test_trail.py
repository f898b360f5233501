"""The audit trail of a running bot: everything in it, and nothing changed in it unseen."""

import sqlite3

import pytest
from support.trust_site import ADAM, GROUP, HELGA, MONA, VERA, answers_to, buttons, running_trust_site, text_of


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A bot with some history: an order, a refusal, a fix."""
    with running_trust_site(tmp_path_factory.mktemp("trail"), OPERATORS=HELGA.id, ADMINS=ADAM.id) as running:
        running.say(HELGA, 'provision traced@contoso.com name="Traced" license=E3 location=US')
        running.sees("Traced", "preparing the mailbox")
        running.say(VERA, "provision other@contoso.com")
        fix, *_ = buttons(running.diagnosis(HELGA, "nora.lind@contoso.com"), "fix")
        plan = running.click(HELGA, fix)["value"]
        confirm, *_ = buttons(plan, "fix-confirmed")
        running.click(HELGA, confirm, **answers_to(plan))
        running.sees("nora.lind@contoso.com", button="Diagnose again")
        running.audit()
        yield running


def verify(site, *arguments):
    done = site.python("-m", "bot.audit", "verify", *arguments)
    return done.popen.wait(30), done.printed


def test_every_deed_is_there_with_actor_case_and_request_id(site):
    entries = site.audit()
    kinds = {entry["kind"] for entry in entries}
    assert {"order", "change", "refusal", "repair", "ended"} <= kinds
    for entry in entries:
        assert entry["actor_id"]
        if entry["kind"] == "change":
            assert entry["request_id"]
            assert entry["actor_name"] == "Helga Desk"
            assert entry["case"]
            assert {"before", "after", "call"} <= entry["details"].keys()


def test_a_colleagues_order_a_place_and_a_silent_forgery_are_there(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=f"{HELGA.id},{MONA.id}", ADMINS=ADAM.id) as site:
        site.say(HELGA, 'provision traced@contoso.com name="Traced" license=E3 location=US')
        site.sees("Traced", "preparing the mailbox")
        site.say(MONA, "provision traced@contoso.com")
        site.say(ADAM, "approvals here", GROUP)
        forged = site.invoke(MONA, {"verb": "approve", "data": {"verb": "approve", "repair": "x"}})
        forged["value"]["trigger"] = "automatic"
        site.post(forged)
        sentences = [entry["sentence"] for entry in site.audit()]
        assert any("Mona Manager ordered a mailbox for traced@contoso.com, which is" in one for one in sentences)
        assert any("Adam Admin had approvals asked for" in one for one in sentences)
        assert any("Mona Manager was refused “approve”" in one for one in sentences)


def test_history_shows_it_on_a_card(site):
    (answer,) = site.say(HELGA, "history traced@contoso.com")
    assert "Helga Desk ordered a mailbox for traced@contoso.com." in text_of(answer["attachments"][0]["content"])


def test_an_unbroken_log_is_verified(site):
    assert verify(site)[0] == 0
    assert verify(site, "--file", str(site.folder / "audit.jsonl"))[0] == 0


LINES = {
    "edited": lambda lines: [*lines[:2], lines[2].replace("Helga Desk", "Adam Admin"), *lines[3:]],
    "cut in the middle": lambda lines: [*lines[:2], *lines[3:]],
    "reordered": lambda lines: [*lines[:1], lines[2], lines[1], *lines[3:]],
    "cut at the start": lambda lines: lines[1:],
}


@pytest.mark.parametrize("how", LINES)
def test_a_tampered_export_is_found(site, how, tmp_path):
    lines = (site.folder / "audit.jsonl").read_text().splitlines()
    tampered = tmp_path / "tampered.jsonl"
    tampered.write_text("\n".join(LINES[how](lines)) + "\n")
    code, printed = verify(site, "--file", str(tampered))
    assert code == 1, printed


def test_the_database_itself_refuses_and_what_is_forced_is_found(tmp_path):
    with running_trust_site(tmp_path, OPERATORS=HELGA.id) as site:
        site.say(HELGA, 'provision traced@contoso.com name="Traced" license=E3 location=US')
        site.sees("Traced", "preparing the mailbox")
        site.bot.stop()
        connection = sqlite3.connect(site.folder / "mailroom.db")
        for statement in ("UPDATE audit SET actor_name = 'x'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.DatabaseError, match="append-only"), connection:
                connection.execute(statement)
        with connection:
            for trigger in ("audit_no_update", "audit_no_delete"):
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")  # a cut tail
        connection.close()
        code, printed = verify(site)
        assert code == 1, printed
