"""Which addresses a file is fetched from and put to: those of SharePoint, and no others."""

import pytest

from bot.files import checked_url
from provisioning.errors import BadOrder

TEAMS = "https://smba.trafficmanager.net/emea/"
HERE = "http://127.0.0.1:4000/connector"


@pytest.mark.parametrize(
    "url",
    [
        "https://contoso-my.sharepoint.com/personal/x/_layouts/15/download.aspx?UniqueId=1&tempauth=ab%2Fc",
        "https://contoso.sharepoint.us/x",
        "https://CONTOSO.SHAREPOINT.COM:443/x",
    ],
)
def test_a_file_is_fetched_from_sharepoint(url):
    assert str(checked_url(url, TEAMS)).lower().startswith("https://contoso")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://contoso.sharepoint.com/x",
        "https://contoso.sharepoint.com:8443/x",
        "https://sharepoint.com.evil.example/x",
        "https://evilsharepoint.com/x",
        "https://user@contoso.sharepoint.com/x",
        "https://contoso.sharepoint.com@evil.example/x",
        "https://169.254.169.254/metadata",
        "http://127.0.0.1:4000/onedrive/x",
        "https://[::1",
    ],
)
def test_a_file_is_fetched_from_nowhere_else(url):
    with pytest.raises(BadOrder, match="not in OneDrive or SharePoint"):
        checked_url(url, TEAMS)


def test_a_simulated_teams_on_this_machine_serves_its_own_files():
    assert checked_url("http://127.0.0.1:4000/onedrive/x?tempauth=1", HERE)
    for url in (
        "http://127.0.0.1:4001/x",
        "http://localhost:4000/x",
        "http://169.254.169.254/",
        "https://127.0.0.1:4000/",
    ):
        with pytest.raises(BadOrder):
            checked_url(url, HERE)
