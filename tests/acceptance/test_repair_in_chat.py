"""From a diagnosis to a cure in the chat: real bot, real sandbox, over the chat's own API."""

import json
from collections.abc import Iterator

import pytest
from support.site import Site, buttons_of, running_site


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The default tenant, where somebody has each trouble."""
    with running_site(tmp_path_factory.mktemp("site")) as site:
        yield site


def test_a_missing_license_is_diagnosed_and_mended_by_two_clicks(desk: Site) -> None:
    chat = desk.chat()
    chat.say("diagnose nora.lind@contoso.com")
    found = chat.see("nora.lind@contoso.com", "has no license", buttons=("Assign a license",))
    chat.click(found, "Assign a license")
    asked = chat.see("nora.lind@contoso.com", buttons=("Do it",))
    assert desk.effects("nora.lind@contoso.com") == {}, "the first click changes nothing"
    chat.click(asked, "Do it", license="6fd2c87f-b296-42f0-b197-1e91e994b900")
    chat.see("nora.lind@contoso.com", "The cause is gone")
    assert desk.effects("nora.lind@contoso.com")["licenses_assigned"] == 1


def test_a_person_is_found_by_name_and_a_healthy_one_is_told_so(desk: Site) -> None:
    chat = desk.chat()
    chat.say("diagnose Mona Manager")
    healthy = chat.see("mona@contoso.com", "nothing is wrong", "Clear the browser cache")
    assert buttons_of(healthy) == ["Re-check"]


def test_what_graph_cannot_do_is_the_exact_command(desk: Site) -> None:
    chat = desk.chat()
    chat.say("diagnose rosa.jimenez@contoso.com")
    shown = chat.see("rosa.jimenez@contoso.com", "Take the address")
    commands = json.dumps(shown)
    assert "Get-Recipient" in commands
    assert "Set-MailContact" in commands
