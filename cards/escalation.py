"""“Contact Microsoft Support”: the drafted request to copy, what the bundle holds, and what it leaves out.

The request and the bundle are in English, whoever reads the card: Microsoft's support reads them.
"""

from cards import parts
from cards.code import code
from cards.elements import Element
from cards.language import say
from cards.parts import Card, plain
from cards.texts import no_macros
from provisioning.escalation import SUPPORT_URL, Bundle, as_text

BYTES = 21_000  # for everything but the last button; a whole card has 25 KB


def escalation_card(bundle: Bundle) -> Card:
    title = " — ".join((say("Contact Microsoft Support"), plain(bundle.user, 80)))
    about = {"user": bundle.user, **({"case": bundle.case_id} if bundle.case_id else {})}
    request = parts.link(say("Open a service request"), SUPPORT_URL)
    body: list[Element] = [
        parts.header(title, say("Nothing has been sent: you open the request, Mailroom has written it.")),
        parts.text(say("{link} in the Microsoft 365 admin center, then paste this.", link=request)),
        parts.text(say("Title"), weight="Bolder"),
        code(no_macros(bundle.title), "PlainText"),
        parts.text(say("Description"), weight="Bolder", spacing="Medium"),
        code(no_macros(bundle.description), "PlainText"),
        *_contents(bundle),
    ]
    room = max(1000, BYTES - parts.size(body))
    bundled = code(no_macros(as_text(bundle)), "PlainText", room)
    back = parts.button(say("Back to the diagnosis"), "diagnose", about)
    body += [*parts.evidence(say("The bundle, to copy"), [bundled], "bundle"), parts.buttons([back])]
    return parts.card(body, title, wide=True)


def _contents(bundle: Bundle) -> list[Element]:
    pieces = [
        (say("timeline"), bundle.timeline),
        (say("answers of Microsoft Graph with their request ids"), bundle.answers),
        (say("errors word for word"), bundle.errors),
        (say("steps already taken"), bundle.steps_taken),
        (say("properties of the account and the tenant"), bundle.facts),
    ]
    held = ", ".join(f"{name} ({len(lines)})" for name, lines in pieces if lines)
    left_out = say(
        "Left out: passwords and other secrets, department, manager, telephone numbers, names of other people."
    )
    return [
        parts.text(say("What is in the bundle"), weight="Bolder", spacing="Medium"),
        parts.small(say("The request, {pieces}.", pieces=held) if held else say("The request alone."), spacing="None"),
        parts.small(left_out, spacing="Small"),
    ]
