"""How the bot signs in to its database: as the URL says, or with a token of Entra ID in place of a password."""

from bot.settings import Settings
from graph.credentials import database_token
from jobs.tables import TokenSource


def token_source(settings: Settings) -> TokenSource | None:
    """None where the URL says it all."""
    if settings.database_login == "url":
        return None
    secret = settings.app_password.get_secret_value()
    return database_token(settings.app_type.value, settings.tenant_id, settings.app_id, secret)
