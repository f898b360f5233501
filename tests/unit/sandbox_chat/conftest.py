from collections.abc import AsyncIterator

import pytest
from support.chat import Teams, running_teams


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    async with running_teams() as running:
        yield running
