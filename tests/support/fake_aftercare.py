"""Groups, mailbox settings and mail, for the Directory in memory."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from support.fake_answers import not_found
from support.fake_licensing import licensed_by_group, rejected

from provisioning.directory import Account, AssignedLicense, Probe, ProbeResult, Sku
from provisioning.errors import GraphNotFound, GraphTrace, ProtectedAccount
from provisioning.follow_ups import Group, Mail, MailboxSettings

NO_MAILBOX = GraphNotFound("The mailbox is not there.", GraphTrace(404, "MailboxNotEnabledForRESTAPI", "No mailbox."))


class FakeAftercare:
    """Methods of FakeDirectory. `known_groups` says what a group is; others of `groups` are security groups."""

    accounts: dict[str, Account]
    groups: dict[str, set[str]]
    probes: dict[str, Probe]
    skus: dict[str, Sku]
    protected: set[str]
    now: datetime
    known_groups: dict[str, Group]
    settings: dict[str, MailboxSettings]
    mails: list[tuple[str, Mail]]

    async def get_groups(self, group_ids: Sequence[str]) -> dict[str, Group | None]:
        self._enter("get_groups", ",".join(group_ids))
        return {group_id.lower(): self._group(group_id) for group_id in group_ids}

    async def groups_of(self, account_id: str) -> frozenset[str]:
        self._enter("groups_of", account_id)
        return frozenset(group for group, members in self.groups.items() if self._known(account_id).id in members)

    async def add_to_group(self, account_id: str, group_id: str) -> None:
        self._write("add_to_group", account_id)
        if group_id in self.protected:
            raise ProtectedAccount("Mailroom's settings protect this object, so Mailroom changes nothing about it.")
        account, group = self._known(account_id), self._group(group_id)
        if group is None:
            raise not_found(group_id)
        if group.is_mail_enabled and not group.is_unified:
            raise rejected("Cannot Update a mail-enabled security groups and or distribution list.")
        members = self.groups.setdefault(group.id, set())
        if account.id in members:
            raise rejected("One or more added object references already exist for the following modified properties.")
        members.add(account.id)
        if group.licenses:
            add = [AssignedLicense(sku_id) for sku_id in group.licenses]
            self.accounts[account.id] = licensed_by_group(account, group.id, add, self.skus, self.now)

    async def mailbox_settings(self, account_id: str) -> MailboxSettings:
        self._enter("mailbox_settings", account_id)
        return self.settings.get(self._mailbox(account_id).id, MailboxSettings("UTC", "en-US"))

    async def change_mailbox_settings(self, account_id: str, wanted: MailboxSettings) -> None:
        self._write("change_mailbox_settings", account_id)
        account = self._mailbox(account_id)
        before = self.settings.get(account.id, MailboxSettings("UTC", "en-US"))
        self.settings[account.id] = replace(
            before, time_zone=wanted.time_zone or before.time_zone, language=wanted.language or before.language
        )

    async def send_mail(self, sender: str, mail: Mail) -> None:
        self._enter("send_mail", sender)
        self.mails.append((self._mailbox(sender).id, mail))

    async def has_sent(self, sender: str, token: str) -> bool:
        self._enter("has_sent", sender)
        return (self._mailbox(sender).id, token) in [(account_id, mail.token) for account_id, mail in self.mails]

    def _group(self, group_id: str) -> Group | None:
        wanted = group_id.lower()
        return self.known_groups.get(wanted) or (Group(wanted, "A group") if wanted in self.groups else None)

    def _mailbox(self, name: str) -> Account:
        account = self._known(name)
        if self.probes.get(account.id, Probe(ProbeResult.NOT_READY)).result is not ProbeResult.READY:
            raise NO_MAILBOX
        return account

    def _enter(self, method: str, subject: str) -> None:
        raise NotImplementedError

    def _write(self, method: str, subject: str) -> None:
        raise NotImplementedError

    def _known(self, name: str) -> Account:
        raise NotImplementedError
