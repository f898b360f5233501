"""“Contact Microsoft Support”: the drafted request to copy, what the bundle holds, and what it leaves out."""

from cards import parts
from cards.code import code
from cards.elements import Element
from cards.parts import Card, plain
from cards.texts import no_macros
from provisioning.escalation import SUPPORT_URL, Bundle, as_text

BYTES = 21_000  # for everything but the last button; a whole card has 25 KB


def escalation_card(bundle: Bundle) -> Card:
    title = f"Contact Microsoft Support — {plain(bundle.user, 80)}"
    about = {"user": bundle.user, **({"case": bundle.case_id} if bundle.case_id else {})}
    request = parts.link("Open a service request", SUPPORT_URL)
    body: list[Element] = [
        parts.header(title, "Nothing has been sent: you open the request, Mailroom has written it."),
        parts.text(f"{request} in the Microsoft 365 admin center, then paste this."),
        parts.text("Title", weight="Bolder"),
        code(no_macros(bundle.title), "PlainText"),
        parts.text("Description", weight="Bolder", spacing="Medium"),
        code(no_macros(bundle.description), "PlainText"),
        *_contents(bundle),
    ]
    room = max(1000, BYTES - parts.size(body))
    bundled = code(no_macros(as_text(bundle)), "PlainText", room)
    back = parts.button("Back to the diagnosis", "diagnose", about)
    body += [*parts.evidence("The bundle, to copy", [bundled], "bundle"), parts.buttons([back])]
    return parts.card(body, title, wide=True)


def _contents(bundle: Bundle) -> list[Element]:
    counted = [
        ("timeline", bundle.timeline),
        ("answers of Microsoft Graph with their request ids", bundle.answers),
        ("errors word for word", bundle.errors),
        ("steps already taken", bundle.steps_taken),
        ("properties of the account and the tenant", bundle.facts),
    ]
    held = ", ".join(f"{name} ({len(lines)})" for name, lines in counted if lines)
    return [
        parts.text("What is in the bundle", weight="Bolder", spacing="Medium"),
        parts.small(f"The request, {held}." if held else "The request alone.", spacing="None"),
        parts.small(
            "Left out: passwords and other secrets, department, manager, telephone numbers, names of other people.",
            spacing="Small",
        ),
    ]
