"""“Contact Microsoft Support”: the drafted request to copy, what the bundle holds, and what it leaves out."""

from cards import parts
from cards.code import code
from cards.elements import Element
from cards.parts import Card, plain
from provisioning.escalation import SUPPORT_URL, Bundle, as_text


def escalation_card(bundle: Bundle) -> Card:
    title = f"Contact Microsoft Support — {plain(bundle.user, 80)}"
    about = {"user": bundle.user, **({"case": bundle.case_id} if bundle.case_id else {})}
    request = parts.link("Open a service request", SUPPORT_URL)
    body: list[Element] = [
        parts.header(title, "Nothing has been sent: you open the request, Mailroom has written it."),
        parts.text(f"{request} in the Microsoft 365 admin center, then paste this."),
        parts.text("Title", weight="Bolder"),
        code(_safe(bundle.title), "PlainText"),
        parts.text("Description", weight="Bolder", spacing="Medium"),
        code(_safe(bundle.description), "PlainText"),
        *_contents(bundle),
        *parts.evidence("The whole bundle, to copy", [code(_safe(as_text(bundle)), "PlainText")], "bundle"),
        parts.buttons([parts.button("Back to the diagnosis", "diagnose", about)]),
    ]
    return parts.card(body, title, wide=True)


def _contents(bundle: Bundle) -> list[Element]:
    counted = [
        (len(bundle.timeline), "moment of the timeline", "moments of the timeline"),
        (len(bundle.answers), "answer of Microsoft Graph, with its request id", "answers of Microsoft Graph, with ids"),
        (len(bundle.errors), "error, word for word", "errors, word for word"),
        (len(bundle.steps_taken), "step already taken", "steps already taken"),
        (len(bundle.facts), "property of the account and tenant", "properties of the account and tenant"),
    ]
    held = [f"{number} {one if number == 1 else many}" for number, one, many in counted if number]
    return [
        parts.text("What is in the bundle", weight="Bolder", spacing="Medium"),
        parts.small(f"{', '.join(held)}." if held else "Only the request itself.", spacing="None"),
        parts.small(
            "Left out: passwords and other secrets, department, manager, telephone numbers, names of other people.",
            spacing="Small",
        ),
    ]


def _safe(text: str) -> str:
    """Two braces would be read as a date macro; in words for a person, a space between them does no harm."""
    return text.replace("{{", "{ {")
