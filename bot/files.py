"""Files in Teams' 1:1 chats: fetched from and put into the OneDrive of the person. Implements bulk_ports.Files.

learn.microsoft.com/microsoftteams/platform/bots/how-to/bots-filesv4. The addresses come from a message, so they are
believed in nothing: only https to SharePoint's own hosts, where OneDrive for Business lives, on the usual port; no
redirects, no token of ours, so many bytes and seconds and no more. Against a simulated Teams on this very machine, and
only there, its own origin is allowed as well.
"""

from collections.abc import Mapping

import aiohttp
from yarl import URL

from bot import outgoing, wire
from bot.activity import MESSAGE, Activity, Attachment
from bot.connector import Connector
from bot.messenger import addressed
from bot.seals import Seals
from cards.language import told
from graph.credentials import is_loopback
from provisioning.bulk_ports import SharedFile, Upload
from provisioning.bulk_reading import MOST_BYTES
from provisioning.case import Conversation
from provisioning.errors import BadOrder, MessageGone
from provisioning.words import say

CONSENT = "application/vnd.microsoft.teams.card.file.consent"
INFO = "application/vnd.microsoft.teams.card.file.info"

# "Microsoft 365 URLs and IP address ranges", SharePoint Online and OneDrive for Business: worldwide, US Government GCC
# High and DoD, and 21Vianet in China.
HOSTS = (".sharepoint.com", ".sharepoint.us", ".sharepoint-mil.us", ".sharepoint.cn")
TIMEOUT = aiohttp.ClientTimeout(total=30, connect=5)
CHUNK = 64 * 1024

ELSEWHERE = say(
    "The file is not in OneDrive or SharePoint, so I did not touch it. Attach it to a message of this chat."
)
UNREAD = say("The file could not be fetched from OneDrive. Its link is good for some minutes only: attach it again.")
UNPUT = say("The file could not be put into your OneDrive. Press “Results as CSV” again.")


class TeamsFiles:
    """`session` sends no token."""

    def __init__(self, session: aiohttp.ClientSession, connector: Connector, seals: Seals) -> None:
        self._session = session
        self._connector = connector
        self._seals = seals

    async def fetch(self, file: SharedFile, near: Conversation) -> bytes:
        url = checked_url(file.url, near.service_url)
        try:
            async with self._session.get(url, timeout=TIMEOUT, allow_redirects=False) as response:
                if response.status != 200:
                    raise BadOrder(UNREAD)
                return await _bounded(response)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BadOrder(UNREAD) from error

    async def put(self, upload: Upload, content: bytes, near: Conversation) -> None:
        """In one piece: learn.microsoft.com/graph/api/driveitem-createuploadsession, "Upload bytes"."""
        url = checked_url(upload.url, near.service_url)
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes 0-{len(content) - 1}/{len(content)}",
        }
        request = self._session.put(url, data=content, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        try:
            async with request as response:
                if response.status not in (200, 201):
                    raise BadOrder(UNPUT)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise BadOrder(UNPUT) from error

    async def offer(
        self, name: str, description: str, size: int, answer: Mapping[str, str], conversation: Conversation
    ) -> None:
        button = {"type": "Action.Submit", "data": dict(answer)}
        context = self._seals.seal(button, conversation.id)["data"]
        content = {
            "description": told(description),
            "sizeInBytes": size,
            "acceptContext": context,
            "declineContext": context,
        }
        await self._post(Attachment(content_type=CONSENT, name=name, content=content), conversation)

    async def hand_over(self, upload: Upload, conversation: Conversation, consent_id: str) -> None:
        content = {"uniqueId": upload.unique_id, "fileType": upload.file_type}
        info = Attachment(content_type=INFO, name=upload.name, content_url=upload.content_url, content=content)
        await self._post(info, conversation)
        await self.withdraw(conversation, consent_id)

    async def withdraw(self, conversation: Conversation, consent_id: str) -> None:
        if not consent_id:
            return
        try:
            await self._connector.delete(conversation.service_url, conversation.id, consent_id)
        except MessageGone:
            return

    async def _post(self, attachment: Attachment, conversation: Conversation) -> None:
        activity = Activity(type=MESSAGE, summary=outgoing.line(attachment.name), attachments=[attachment])
        body = wire.write(addressed(activity, conversation))
        await self._connector.post(conversation.service_url, conversation.id, body)


def checked_url(text: str, service_url: str) -> URL:
    """Raises BadOrder for what is not an address of SharePoint."""
    try:
        url, service = URL(text, encoded=True), URL(service_url)
        host, port = (url.host or "").lower(), url.port
    except ValueError:
        raise BadOrder(ELSEWHERE) from None
    if url.user or url.password or not host:
        raise BadOrder(ELSEWHERE)
    is_sharepoint = url.scheme == "https" and port == 443 and host.endswith(HOSTS)
    is_simulated = is_loopback(service_url) and url.scheme == service.scheme and url.authority == service.authority
    if not (is_sharepoint or is_simulated):
        raise BadOrder(ELSEWHERE)
    return url


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise BadOrder(
                say(
                    "The file is larger than {megabytes} MB, so I did not read it. Split it.",
                    megabytes=MOST_BYTES // 1024 // 1024,
                )
            )
    return bytes(content)
