"""The operator's webhook for directory sync: an Azure Automation runbook on a hybrid worker, or anything that POSTs.

Azure Automation answers 202 with {"JobIds": [...]}; its URL holds a token, so it never reaches a log or a card
(learn.microsoft.com/azure/automation/automation-webhooks).
"""

import aiohttp

from provisioning.errors import MailroomError
from provisioning.words import say

SECONDS = 20.0


class WebhookResync:
    """Implements provisioning.ports.Resync."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def start(self) -> None:
        """Raises MailroomError when the webhook does not take the call."""
        try:
            timeout = aiohttp.ClientTimeout(total=SECONDS)
            async with self._session.post(self._url, json={}, timeout=timeout, allow_redirects=False) as answer:
                status = answer.status
        except (TimeoutError, aiohttp.ClientError) as error:
            kind = type(error).__name__  # its text holds the URL
            raise MailroomError(
                say("The webhook for directory sync did not answer ({kind}). Look at it.", kind=kind)
            ) from None
        if status >= 300:
            raise MailroomError(
                say("The webhook for directory sync answered {status}. It may have expired: renew it.", status=status)
            )
