"""What is refused, and what Graph answers, in a German reader's words: several sentences in a row, values inside."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from cards.language import speaking, told
from graph import errors, protection
from graph.answers import Answer, Call
from graph.permissions import PERMISSIONS
from handlers.grammar import address_of, check_address, options_of, parse
from handlers.moments import moment_of
from handlers.ordering import OPTIONS
from provisioning.errors import BadOrder, GraphError

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
USER = Call("GET", "/users/{user-id}")


def in_german(sentence: str) -> str:
    with speaking("de-AT"):
        return told(sentence)


def refused(status: int, call: Call = USER, **error: Any) -> GraphError:
    return errors.error_of(Answer(call, status, {}, {"error": error}))


@pytest.mark.parametrize(
    ("order", "german"),
    [
        (lambda: address_of(parse("cancel")), "Für wen? Die Adresse dazuschreiben, etwa cancel jane@contoso.com."),
        (lambda: check_address("jane"), "„jane“ ist keine Adresse. Vollständig schreiben, etwa jane@contoso.com."),
        (
            lambda: options_of(parse("provision jane@contoso.com licens=E3"), {"license": "license"}),
            "Eine Option „licens“ gibt es nicht. Ist license gemeint? Möglich sind license.",
        ),
        (
            lambda: address_of(parse("cancel jane@contoso.com adam@contoso.com")),
            "Möglich ist eine Person pro Nachricht. Genannt wurden jane@contoso.com und adam@contoso.com: "
            "für jede eine eigene Nachricht senden.",
        ),
        (
            lambda: moment_of(["at", "25:00"], NOW, "Europe/Berlin"),
            "Eine Uhrzeit 25:00 gibt es nicht. Schreibweise: at 08:00 tomorrow, on monday oder at 2026-12-01 08:00.",
        ),
    ],
)
def test_what_cannot_be_understood(order: Callable[[], object], german: str) -> None:
    with pytest.raises(BadOrder) as refusal:
        order()
    assert in_german(refusal.value.sentence) == german


def test_no_option_is_left_in_english() -> None:
    with pytest.raises(BadOrder) as refusal:
        options_of(parse("provision jane@contoso.com zzz=1"), OPTIONS)
    assert in_german(refusal.value.sentence).startswith("Eine Option „zzz“ gibt es nicht. Möglich sind name, license,")


@pytest.mark.parametrize(
    ("error", "german"),
    [
        (
            refused(429),
            "Microsoft Graph ist mit zu vielen Anfragen ausgelastet. In einer Minute noch einmal versuchen.",
        ),
        (
            refused(404),
            "Das kann Microsoft Graph nicht (das Konto lesen): Ein solches Objekt gibt es nicht. "
            "Wurde es gerade erst angelegt, in einer Minute noch einmal versuchen.",
        ),
        (  # Graph's own words stay as they are, however many sentences they are
            refused(400, message="Property is invalid. See the details."),
            "Microsoft Graph hat dies abgelehnt (das Konto lesen): Property is invalid. See the details. "
            "Korrigieren, dann noch einmal versuchen.",
        ),
        (
            refused(400, details=[{"code": "ObjectConflict", "target": "proxyAddresses"}]),
            "Bereits von einem anderen Objekt belegt: E-Mail-Adresse. "
            "Etwas anderes wählen oder das vorhandene Objekt verwenden.",
        ),
    ],
)
def test_what_graph_answers(error: GraphError, german: str) -> None:
    assert in_german(error.sentence) == german


def test_sentences_in_a_row() -> None:
    busy = errors.held_back(5).sentence
    assert in_german(f"{protection.UNCHECKED} {busy} Mailroom tries again by itself.") == (
        "Ob dieses Konto geschützt ist, ließ sich nicht prüfen; daher wurde nichts geändert. "
        "Microsoft Graph ist mit zu vielen Anfragen ausgelastet. In 5 Sekunden noch einmal versuchen. "
        "Mailroom versucht es von selbst noch einmal."
    )


@pytest.mark.parametrize("call", list(PERMISSIONS), ids=str)
def test_every_permission_that_is_missing_is_told(call: Call) -> None:
    """With what it is for, in German."""
    said = in_german(refused(403, call).sentence)
    assert said.startswith("Mailroom fehlt ein Recht: ")
    assert PERMISSIONS[call].action not in said
    assert PERMISSIONS[call].name in said
