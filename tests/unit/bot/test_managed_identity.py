"""The outbound token of a UserAssignedMSI bot, from an identity endpoint on this machine."""

import pytest
from support.activities import TENANT_ID
from support.tokens import APP_ID

from bot.outbound import TokenUnavailable, outbound_token
from bot.settings import Settings


def settings() -> Settings:
    return Settings(_env_file=None, tenant_id=TENANT_ID, app_id=APP_ID, app_type="userassignedmsi")


async def test_the_token_is_the_managed_identitys(session, identity_endpoint):
    token = outbound_token(settings(), session)
    assert await token.bearer() == "from-azure"
    assert identity_endpoint.asked[-1]["client_id"] == APP_ID
    assert identity_endpoint.asked[-1]["resource"] == "https://api.botframework.com"
    await token.close()


async def test_an_identity_that_is_not_there_is_said(session, identity_endpoint):
    identity_endpoint.status = 400
    with pytest.raises(TokenUnavailable, match="managed identity"):
        await outbound_token(settings(), session).bearer()
