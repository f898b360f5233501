"""The fixed people and conversations of the sandbox: who chats with the bot, and where."""

from dataclasses import dataclass

TENANT_ID = "6f0e1d2c-0000-4000-8000-000000000001"
TENANT_NAME = "Contoso"
DEFAULT_DOMAIN = "contoso.com"
INITIAL_DOMAIN = "contoso.onmicrosoft.com"
OTHER_TENANT_ID = "6f0e1d2c-0000-4000-8000-0000000000ff"

BOT_APP_ID = "6f0e1d2c-1111-4000-8000-0000000000b0"
BOT_CHANNEL_ID = f"28:{BOT_APP_ID}"
BOT_NAME = "Mailroom"


@dataclass(frozen=True)
class Person:
    """Someone who can chat with the bot. `object_id` is the Entra id, `channel_id` the id in Teams."""

    key: str
    name: str
    upn: str
    object_id: str
    channel_id: str
    locale: str
    role: str
    tenant_id: str = TENANT_ID

    @property
    def personal_chat(self) -> str:
        """The id of this person's 1:1 chat with the bot."""
        return f"a:{self.key}-personal"


@dataclass(frozen=True)
class Conversation:
    """A chat that exists from the start. `kind` is Bot Framework's conversationType."""

    id: str
    kind: str
    name: str
    members: tuple[str, ...]
    team_id: str = ""
    team_name: str = ""


SALES_LICENSES = "6f0e1d2c-0000-4000-8000-0000000000d1"
SALES_TEAM = "6f0e1d2c-0000-4000-8000-0000000000d2"
SALES_NEWS = "6f0e1d2c-0000-4000-8000-0000000000d3"
WELCOME_MAILBOX = f"welcome@{DEFAULT_DOMAIN}"


def _person(key: str, name: str, domain: str, suffix: str, locale: str, role: str, tenant: str = TENANT_ID) -> Person:
    object_id = f"6f0e1d2c-0000-4000-8000-0000000000{suffix}"
    return Person(key, name, f"{key}@{domain}", object_id, f"29:{key}", locale, role, tenant)


HELGA = _person("helga", "Helga Desk", DEFAULT_DOMAIN, "a1", "en-US", "helpdesk")
MONA = _person("mona", "Mona Manager", DEFAULT_DOMAIN, "a2", "de-DE", "second approver")
ADAM = _person("adam", "Adam Admin", DEFAULT_DOMAIN, "a7", "en-GB", "admin")
OTTO = _person("otto", "Otto Outside", "fabrikam.com", "f9", "en-US", "outsider", OTHER_TENANT_ID)
PEOPLE = (HELGA, MONA, ADAM, OTTO)

_EVERYONE = tuple(person.key for person in PEOPLE)
GROUP_CHAT = Conversation("19:helpdesk-group@thread.v2", "groupChat", "Helpdesk group", _EVERYONE)
CHANNEL = Conversation(
    id="19:joiners@thread.tacv2",
    kind="channel",
    name="Joiners",
    members=_EVERYONE,
    team_id="19:team-helpdesk@thread.tacv2",
    team_name="IT Helpdesk",
)
CONVERSATIONS = (
    *(Conversation(person.personal_chat, "personal", BOT_NAME, (person.key,)) for person in PEOPLE),
    GROUP_CHAT,
    CHANNEL,
)


def person_by_key(key: str) -> Person | None:
    return next((person for person in PEOPLE if person.key == key), None)
