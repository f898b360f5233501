"""The cards of the message extension, of the welcome, and of trouble."""

from typing import Any

from support import card_samples as samples
from support.diagnosis_samples import diagnosis_cards

from cards.found import found_card, posted_diagnosis
from cards.from_message import Outcome, Row, from_message_card, outcomes_card
from cards.trouble import trouble_card
from cards.welcome import team_card, welcome_card
from provisioning.directory import Match


def manner_cards() -> dict[str, dict[str, Any]]:
    """By name; the names are those of the golden files."""
    jane = Match("u", "jane@contoso.com", "Jane Doe", "")
    rows = [
        Row("jane@contoso.com", "Jane Doe", "A new account."),
        Row("bob@contoso.com", "", "Missing: a display name.", is_wrong=True),
    ]
    outcomes = [
        Outcome("jane@contoso.com", "Ordered with Office 365 E3.", True),
        Outcome("bob@contoso.com", "Already being provisioned, for Mona Manager.", False),
    ]
    skus = (samples.E3, samples.E5)
    diagnosis = next(iter(diagnosis_cards().values()))
    return {
        "welcome": welcome_card("Helga Desk"),
        "welcome_hostile": welcome_card(samples.HOSTILE),
        "welcome_team": team_card(),
        "found": found_card(jane, "no mailbox yet"),
        "found_hostile": found_card(Match("u", samples.LONG, samples.HOSTILE, ""), "in the recycle bin"),
        "posted_diagnosis": posted_diagnosis(diagnosis, "jane@contoso.com"),
        "from_message": from_message_card(rows, skus, "US", samples.E3.id, 2),
        "from_message_new": from_message_card(rows[:1], skus, "", "", all_new=True),
        "outcomes": outcomes_card(outcomes),
        "trouble_failed": trouble_card(samples.failed()),
        "trouble_overdue": trouble_card(samples.overdue()),
        "trouble_given_up": trouble_card(samples.given_up()),
    }
