"""How the bot signs in to its database."""

import asyncio

import pytest
from support.activities import TENANT_ID
from support.tokens import APP_ID

from bot.database import token_source
from bot.settings import Settings
from provisioning.errors import MailroomError


def settings(login: str) -> Settings:
    return Settings(
        _env_file=None,
        tenant_id=TENANT_ID,
        app_id=APP_ID,
        app_type="UserAssignedMSI",
        database_url="postgresql://identity@127.0.0.1/mailroom",
        database_login=login,
    )


def test_as_the_url_says_unless_told_otherwise():
    assert token_source(settings("url")) is None


async def test_the_token_is_the_managed_identitys_and_kept_until_it_ends(identity_endpoint):
    token = token_source(settings("entra"))
    assert await asyncio.to_thread(token) == "from-azure"
    assert identity_endpoint.asked[-1]["client_id"] == APP_ID
    assert identity_endpoint.asked[-1]["resource"] == "https://ossrdbms-aad.database.windows.net"
    identity_endpoint.status = 400
    assert await asyncio.to_thread(token) == "from-azure"


async def test_an_identity_that_gets_none_is_said_in_a_sentence(identity_endpoint):
    identity_endpoint.status = 400
    with pytest.raises(MailroomError, match="Entra ID gives no token for the database"):
        await asyncio.to_thread(token_source(settings("entra")))
