"""How the bot signs in to its database: as the URL says, or with a token of Entra ID in place of a password."""

import sqlalchemy as sa

from bot.settings import Settings
from graph.credentials import database_token
from jobs.migrations import open_at_head
from jobs.tables import TokenSource


def open_made(settings: Settings) -> sa.Engine:
    """The database that a bot of this version has made. Raises NoDatabase and DatabaseUnavailable."""
    return open_at_head(settings.database_url, token_source(settings))


def token_source(settings: Settings) -> TokenSource | None:
    """None where the URL says it all."""
    if settings.database_login == "url":
        return None
    secret = settings.app_password.get_secret_value()
    return database_token(settings.app_type.value, settings.tenant_id, settings.app_id, secret)
