"""Mail, mailbox settings and the groups that Graph cannot write, as documented."""

from support.sandbox_app import E3, HELGA, MONA, running_sandbox

from sandbox.people import SALES_LICENSES, SALES_NEWS, SALES_TEAM, WELCOME_MAILBOX

MARK = "String {5c2f0a86-9f5e-4c36-8f0e-2f7d9d3c6b11} Name Token"
FILTER = f"singleValueExtendedProperties/Any(ep: ep/id eq '{MARK}' and ep/value eq 'it''s one')"


def mail(**message):
    to = [{"emailAddress": {"address": "jane@contoso.com"}}]
    return {
        "message": {
            "subject": "Hello",
            "body": {"contentType": "Text", "content": "Hi."},
            "toRecipients": to,
            **message,
        }
    }


async def test_a_mail_is_taken_and_found_in_sent_items_a_little_later():
    async with running_sandbox() as sandbox:
        properties = [{"id": MARK, "value": "it's one"}]
        sent = await sandbox.post(f"/users/{HELGA}/sendMail", mail(singleValueExtendedProperties=properties))
        assert (sent.status, sent.body) == (202, "")
        assert (await sandbox.get(f"/users/{HELGA}/messages?$filter={FILTER}")).body["value"] == []
        sandbox.clock.advance(3)
        found = (await sandbox.get(f"/users/{HELGA}/messages?$filter={FILTER}")).body["value"]
        assert [one["subject"] for one in found] == ["Hello"]
        assert (await sandbox.get(f"/users/{MONA}/messages?$filter={FILTER}")).body["value"] == []
        assert (await sandbox.get(f"/users/{HELGA}/messages?$filter=subject eq 'x'")).status == 400
        [kept] = (await sandbox.control("GET", "mails"))["mails"]
        assert (kept["sender"], kept["to"], kept["text"]) == ("helga@contoso.com", ["jane@contoso.com"], "Hi.")


async def test_a_mail_that_is_not_to_be_kept_is_not_in_sent_items():
    async with running_sandbox() as sandbox:
        await sandbox.post(f"/users/{HELGA}/sendMail", {**mail(), "saveToSentItems": False})
        sandbox.clock.advance(3)
        assert (await sandbox.get(f"/users/{HELGA}/messages")).body["value"] == []


async def test_a_mail_to_nobody_is_refused():
    async with running_sandbox() as sandbox:
        for recipients in ([], [{"emailAddress": {"address": "nobody"}}], [{}]):
            refused = await sandbox.post(f"/users/{HELGA}/sendMail", mail(toRecipients=recipients))
            assert (refused.status, refused.code) == (400, "ErrorInvalidRecipients")


async def test_the_settings_of_a_mailbox():
    async with running_sandbox() as sandbox:
        path = f"/users/{HELGA}/mailboxSettings"
        changed = await sandbox.patch(path, {"timeZone": "W. Europe Standard Time", "language": {"locale": "de-DE"}})
        assert (changed.status, changed.body["timeZone"]) == (200, "W. Europe Standard Time")
        now = (await sandbox.get(f"{path}?$select=timeZone,language")).body
        assert (now["timeZone"], now["language"]["displayName"]) == ("W. Europe Standard Time", "German (Germany)")
        assert (await sandbox.patch(path, {"timeZone": "Mars"})).code == "TimeZoneNotSupportedException"
        assert (await sandbox.patch(path, {"language": {"locale": "Deutsch"}})).status == 400
        effects = await sandbox.control("GET", "effects")
        assert effects["users"]["helga@contoso.com"] == {"mailbox_settings_changed": 1}


async def test_groups_are_of_kinds_and_only_some_are_written():
    async with running_sandbox() as sandbox:
        jane = await sandbox.create()
        body = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{jane}"}
        kinds = {}
        for group in (SALES_LICENSES, SALES_TEAM, SALES_NEWS):
            found = (await sandbox.get(f"/groups/{group}")).body
            kinds[group] = (found["mailEnabled"], found["groupTypes"])
        assert kinds == {SALES_LICENSES: (False, []), SALES_TEAM: (True, ["Unified"]), SALES_NEWS: (True, [])}
        assert (await sandbox.post(f"/groups/{SALES_TEAM}/members/$ref", body)).status == 204
        refused = await sandbox.post(f"/groups/{SALES_NEWS}/members/$ref", body)
        assert refused.message == "Cannot Update a mail-enabled security groups and or distribution list."
        assert (await sandbox.post(f"/groups/{SALES_LICENSES}/members/$ref", body)).status == 204
        states = (await sandbox.get(f"/users/{jane}?$select=licenseAssignmentStates")).body["licenseAssignmentStates"]
        assert [(one["skuId"], one["assignedByGroup"]) for one in states] == [(E3, SALES_LICENSES)]
        assert (await sandbox.get(f"/users/{WELCOME_MAILBOX}/mailboxSettings")).body["userPurpose"] == "shared"
