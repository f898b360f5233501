"""Everybody reads the language of their own Teams, and what is kept stays English. Mona's Teams is German."""

import json
import sqlite3
from contextlib import closing
from typing import Any

from support.site import Site, cards_of, newcomer, text_of

PREPARING, IN_GERMAN = "Jane Doe — preparing the mailbox", "Jane Doe — Postfach wird vorbereitet"
ASSIGNED, ZUGEWIESEN = "Office 365 E3 is assigned and active.", "Office 365 E3 ist zugewiesen und aktiv."


def kept(desk: Site, upn: str) -> dict[str, Any]:
    """The case as it is in the database."""
    with closing(sqlite3.connect(f"file:{desk.folder / 'mailroom.db'}?mode=ro", uri=True)) as connection:
        documents = [json.loads(row[0]) for row in connection.execute("SELECT document FROM cases")]
    return next(one for one in documents if one["order"]["upn"] == upn)


def test_one_card_for_two_languages(desk: Site) -> None:
    mona, helga, upn = desk.chat("mona", "group"), desk.chat("helga", "group"), newcomer()
    mona.say(f'provision {upn} name="Jane Doe" license=E3 location=US')
    card = mona.see(upn, IN_GERMAN, ZUGEWIESEN)

    hers = helga.click(card, "Jetzt prüfen")["message"]
    assert PREPARING in text_of(hers)
    assert ASSIGNED in text_of(hers)
    assert ZUGEWIESEN in text_of(mona.click(card, "Jetzt prüfen")["message"])
    assert helga.click(card, "Diagnose")["text"] == "See the message below."
    assert mona.click(card, "Diagnose")["text"] == "Siehe die Nachricht unten."

    desk.mailbox_answers(upn)
    mona.see(upn, "Jane Doe — Postfach bereit")
    mona.wait(lambda: "Die Benachrichtigung wurde gesendet." in text_of(mona.again(card)), "the card goes on in German")

    notes = {stage["stage"]: stage["note"] for stage in kept(desk, upn)["stages"]}
    assert notes["license"] == ASSIGNED
    assert notes["activation"] == "The mailbox answers: it is active and ready for use."
    assert notes["notification"] == "The notification was sent."


def test_the_client_s_own_refresh_speaks_the_reader_s_language(desk: Site) -> None:
    mona, upn = desk.chat("mona"), newcomer()
    mona.say(f'provision {upn} name="Jane Doe" license=E3 location=US')
    card = mona.see(upn, IN_GERMAN)
    where = {"as": "mona", "conversation": "personal", "message": card["id"]}
    refresh = cards_of(card)[0]["refresh"]["action"]
    answer = desk.post("/chat/execute", **where, action=refresh, trigger="automatic")
    assert IN_GERMAN in text_of(answer["message"])


def test_what_goes_wrong_is_said_in_german(desk: Site) -> None:
    mona, upn = desk.chat("mona"), newcomer()
    mona.say("help")
    mona.see("Das Konto anlegen oder übernehmen, die Lizenz zuweisen und melden, wenn das Postfach antwortet.")
    mona.say(f"provision {upn} colour=red")
    mona.see("Eine Option „colour“ gibt es nicht.")
    desk.fault(path="^/users", status=503)
    mona.say(f"provision {upn}")
    mona.see("Microsoft Graph hat selbst eine Störung (Antwort 503). In einer Minute noch einmal versuchen.")
    desk.heal()


def test_a_failure_is_kept_in_english_and_told_in_german(desk: Site) -> None:
    mona, helga, upn = desk.chat("mona", "group"), desk.chat("helga", "group"), newcomer()
    desk.fault(method="POST", path="assignLicense", status=403, code="Authorization_RequestDenied")
    mona.say(f'provision {upn} name="Jane Doe" license=E3 location=US')
    mona.see(upn, "Mailroom fehlt ein Recht: die Lizenz zuweisen.")
    helga.say(f"status {upn}")
    helga.see(upn, "Mailroom may not assign the license.")
    assert kept(desk, upn)["problem"]["sentence"].startswith(
        "Mailroom may not assign the license. Ask an administrator"
    )
    desk.heal()


def test_the_history_is_kept_in_english_and_told_in_german(desk: Site) -> None:
    mona, helga, upn = desk.chat("mona", "group"), desk.chat("helga", "group"), newcomer()
    mona.say(f'provision {upn} name="Jane Doe" license=E3 location=US')
    mona.see(upn, IN_GERMAN)
    desk.mailbox_answers(upn)
    mona.see(upn, "Jane Doe — Postfach bereit")
    mona.say(f"history {upn}")
    done = ("Das Konto angelegt.", "Die Lizenzen geändert.", f"Das Postfach von {upn} ist bereit.")
    mona.see(f"hat ein Postfach für {upn} bestellt.", *done)
    helga.say(f"history {upn}")
    helga.see(f"ordered a mailbox for {upn}.", "Created the account.", "Changed the licenses.")
