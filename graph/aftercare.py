"""The part of GraphDirectory that concerns groups and a mailbox that answers."""

from collections.abc import Sequence

from msgraph import GraphServiceClient

from graph import mail as asked
from graph.batch import LIMIT
from graph.client import GraphClient
from graph.errors import body_of
from graph.values import objects
from graph.writes import Write, Writer, becomes
from provisioning.follow_ups import Group, Mail, MailboxSettings
from provisioning.words import say


class Aftercare:
    """Methods of provisioning.ports.Directory; see there."""

    _client: GraphClient
    _api: GraphServiceClient
    _writer: Writer

    async def get_groups(self, group_ids: Sequence[str]) -> dict[str, Group | None]:
        wanted = list(dict.fromkeys(group_id.lower() for group_id in group_ids))
        found: dict[str, Group | None] = {}
        for part in asked.in_parts(wanted, LIMIT):
            answers = await self._client.batch([asked.group(self._api, group_id) for group_id in part])
            for group_id, answer in zip(part, answers, strict=True):
                found[group_id] = None if answer.status == 404 else asked.read_group(body_of(answer))
        return found

    async def groups_of(self, account_id: str) -> frozenset[str]:
        return asked.read_memberships(await self._client.send(asked.memberships(self._api, account_id)) or {})

    async def add_to_group(self, account_id: str, group_id: str) -> None:
        request = asked.add_member(self._api, self._client.base_url, group_id, account_id)
        after = becomes({"memberOf": [group_id]})
        await self._writer.carry_out(Write(request, say("Put into a group."), account_id, target=group_id, after=after))

    async def mailbox_settings(self, account_id: str) -> MailboxSettings:
        return asked.read_settings(await self._client.send(asked.settings(self._api, account_id)) or {})

    async def change_mailbox_settings(self, account_id: str, wanted: MailboxSettings) -> None:
        request = asked.change_settings(self._api, account_id, wanted)
        after = becomes({"mailboxSettings": asked.settings_body(wanted)})
        await self._writer.carry_out(
            Write(request, say("Changed the settings of the mailbox."), account_id, after=after)
        )

    async def send_mail(self, sender: str, mail: Mail) -> None:
        request = asked.send(self._api, sender, mail)
        after = becomes({"mail": {"from": sender, "to": mail.to, "subject": mail.subject}})
        await self._writer.carry_out(
            Write(request, say("Sent a mail to {to}.", to=mail.to), target=sender, after=after)
        )

    async def has_sent(self, sender: str, token: str) -> bool:
        body = await self._client.send(asked.sent(self._api, sender, token)) or {}
        return any(True for _ in objects(body.get("value")))
