"""Which credential goes with which settings."""

import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import urlsplit

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError

from provisioning.errors import MailroomError

# learn.microsoft.com/azure/postgresql/flexible-server/how-to-configure-sign-in-azure-ad-authentication
DATABASES = "https://ossrdbms-aad.database.windows.net/.default"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
LOCAL_TOKEN = "mailroom-local"  # noqa: S105 (no secret: it only proves that a bearer token is sent)


class Credential(Protocol):
    """An asynchronous azure.core credential that can be closed."""

    async def get_token(self, *scopes: str, **kwargs: Any) -> Any: ...

    async def close(self) -> None: ...


class StaticCredential:
    """The same token for ever: for a simulated Graph on this machine, which needs no identity."""

    def __init__(self, token: str = LOCAL_TOKEN) -> None:
        self._token = token

    async def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:  # noqa: ARG002 (azure.core's signature)
        return AccessToken(self._token, int(time.time()) + 3600)

    async def close(self) -> None:
        """Nothing is held."""


def is_loopback(base_url: str) -> bool:
    return urlsplit(base_url).hostname in LOOPBACK


def scope_of(base_url: str) -> str:
    """All the application permissions that an administrator granted for this Graph."""
    parts = urlsplit(base_url)
    return f"{parts.scheme}://{parts.netloc}/.default"


def credential_for(app_type: str, tenant_id: str, app_id: str, app_password: str, base_url: str) -> Credential:
    """azure.identity is imported only where it is used: it costs a quarter of a second and 20 MB."""
    if is_loopback(base_url):
        return StaticCredential()
    if app_type == "SingleTenant":
        from azure.identity.aio import ClientSecretCredential

        return ClientSecretCredential(tenant_id, app_id, app_password)
    if app_type == "UserAssignedMSI":
        from azure.identity.aio import ManagedIdentityCredential

        return ManagedIdentityCredential(client_id=app_id)
    raise ValueError(f"app type {app_type} has no credential for {base_url}")


def database_token(app_type: str, tenant_id: str, app_id: str, app_password: str) -> Callable[[], str]:
    """What answers the token that signs in to Azure's PostgreSQL, on any thread: kept, and renewed before it ends.

    The answer raises MailroomError where Entra ID gives none.
    """
    from azure.identity import ClientSecretCredential, ManagedIdentityCredential

    credential = (
        ManagedIdentityCredential(client_id=app_id)
        if app_type == "UserAssignedMSI"
        else ClientSecretCredential(tenant_id, app_id, app_password)
    )

    def token() -> str:
        try:
            return credential.get_token(DATABASES).token
        except AzureError as error:
            raise MailroomError(f"Entra ID gives no token for the database ({type(error).__name__}).") from error

    return token
