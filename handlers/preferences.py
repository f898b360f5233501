"""What admins may set in the chat, instead of in the environment. Kept in the database, and written down."""

from handlers.requests import Request, Services
from provisioning.audit_records import preference_set
from provisioning.errors import BadOrder
from provisioning.ports import Preferences
from provisioning.words import say

SEATS_WARNING = "seats-warning"
MOST_SEATS = 999_999


async def seats_warning(preferences: Preferences, otherwise: int) -> int:
    """A license with so many free seats, or fewer, is low; `otherwise` is what the environment says."""
    kept = await preferences.get(SEATS_WARNING)
    return int(kept) if kept.isdecimal() else otherwise


async def set_seats_warning(text: str, request: Request, services: Services) -> None:
    """No text is what the environment says. Raises BadOrder."""
    if text and not (text.isascii() and text.isdecimal() and int(text) <= MOST_SEATS):
        raise BadOrder(
            say(
                "The seats warning is a whole number from 0 to {most}, such as seats-warning=5.", most=f"{MOST_SEATS:,}"
            )
        )
    before = await services.preferences.get(SEATS_WARNING)
    after = str(int(text)) if text else ""
    if after == before:
        return
    await services.preferences.set(SEATS_WARNING, after)
    await services.audit.record(preference_set(request.person, SEATS_WARNING, before, after))
