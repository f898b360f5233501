"""The message extension: a dialog is its reader's alone, and what is searched for is shown to those who may look."""

from typing import Any

from support.activities import activity
from support.trust_site import HELGA, MONA, VERA, Sender, TrustSite

PEOPLE = "Card Two &lt;dialog@contoso.com&gt;"


def ask(site: TrustSite, who: Sender, name: str, value: Any) -> Any:
    named = {"type": "invoke", "name": f"composeExtension/{name}", "text": None, "value": value}
    place = {"from_": who.account, "conversation": who.chat}
    status, answer = site.post(activity(site.service_url, **named, **place))
    assert status == 200
    return answer


def dialog(site: TrustSite, who: Sender) -> Any:
    """The data of the dialog's button."""
    payload = {"body": {"contentType": "html", "content": PEOPLE}}
    answer = ask(site, who, "fetchTask", {"commandId": "provision", "messagePayload": payload})
    return answer["task"]["value"]["card"]["content"]["body"][-1]["actions"][0]["data"]


def test_a_dialog_is_taken_only_unchanged_and_from_whom_it_was_shown_to(site: TrustSite) -> None:
    data = dialog(site, HELGA)
    filled = {"address0": "dialog@contoso.com", "name0": "Card Two", "location": "US", "license": "keep"}
    before = site.effects(), site.rows("cases")
    edited = {**data, "verb": "order"}
    for who, sent in ((MONA, data), (HELGA, edited), (HELGA, {"verb": data["verb"]})):
        answer = ask(site, who, "submitAction", {"commandId": "provision", "data": {**sent, **filled}})
        assert "was not made by Mailroom" in answer["task"]["value"]
    assert (site.effects(), site.rows("cases")) == before


def test_somebody_without_a_role_finds_nobody_by_the_message_extension(site: TrustSite) -> None:
    asked = {"commandId": "find", "parameters": [{"name": "who", "value": "adam"}]}
    answer = ask(site, VERA, "query", asked)["composeExtension"]
    assert answer["type"] == "message"
    assert "viewer" in answer["text"]
    assert ask(site, HELGA, "query", asked)["composeExtension"]["type"] == "result"
