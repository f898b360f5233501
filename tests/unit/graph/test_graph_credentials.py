"""Which credential goes with which settings."""

import subprocess
import sys

import pytest
from azure.core.credentials import AccessToken

from graph.credentials import StaticCredential, credential_for

GRAPH = "https://graph.microsoft.com/v1.0"


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:4000/v1.0", "http://localhost:4000/v1.0", "http://[::1]/v1.0"])
async def test_loopback_needs_no_identity(base_url):
    credential = credential_for("Anonymous", "", "", "", base_url)
    assert isinstance(credential, StaticCredential)
    token = await credential.get_token("scope", claims=None, enable_cae=True)
    assert isinstance(token, AccessToken)
    await credential.close()


@pytest.mark.parametrize(
    ("app_type", "kind"),
    [("SingleTenant", "ClientSecretCredential"), ("UserAssignedMSI", "ManagedIdentityCredential")],
)
async def test_a_real_tenant(app_type, kind):
    credential = credential_for(app_type, "6f0e1d2c-0000-4000-8000-000000000001", "app", "secret", GRAPH)
    assert type(credential).__name__ == kind
    assert type(credential).__module__.startswith("azure.identity.aio")
    await credential.close()


def test_anonymous_has_nothing_for_the_real_graph():
    with pytest.raises(ValueError, match="Anonymous"):
        credential_for("Anonymous", "t", "a", "p", GRAPH)


def test_a_host_that_only_looks_like_loopback_is_none():
    with pytest.raises(ValueError, match="no credential"):
        credential_for("Anonymous", "", "", "", "http://127.0.0.1.example.com/v1.0")


def test_azure_identity_is_not_imported_for_loopback():
    code = (
        "import sys; from graph.credentials import credential_for;"
        "credential_for('Anonymous', '', '', '', 'http://127.0.0.1/v1.0');"
        "print('azure.identity' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
