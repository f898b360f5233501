"""What admins set in the chat, by name, as text. Implements provisioning.ports.Preferences."""

import asyncio

import sqlalchemy as sa

from jobs.tables import preferences, reading, writing


class PreferenceTable:
    """Raises DatabaseUnavailable."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    async def get(self, name: str) -> str:
        return await asyncio.to_thread(self._get, name)

    async def set(self, name: str, value: str) -> None:
        await asyncio.to_thread(self._set, name, value)

    def _get(self, name: str) -> str:
        with reading(self._engine) as connection:
            query = sa.select(preferences.c.value).where(preferences.c.name == name)
            return connection.execute(query).scalar() or ""

    def _set(self, name: str, value: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(preferences.delete().where(preferences.c.name == name))
            if value:
                connection.execute(preferences.insert().values(name=name, value=value))
