"""Putting an account into a group, safe to repeat: look, act, read back."""

import asyncio

from provisioning.errors import GraphNotFound, GraphRejected
from provisioning.ports import Directory

# Until the account is known to the part of Entra that keeps groups, and then until its lists show it.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)


async def join(directory: Directory, account_id: str, group_id: str) -> bool:
    """True where the account was not in the group before. Raises GraphError where it cannot be put into it."""
    if group_id in await directory.groups_of(account_id):
        return False
    await _add(directory, account_id, group_id)
    for pause in PAUSES:
        if group_id in await directory.groups_of(account_id):
            break
        await asyncio.sleep(pause)  # Graph took it; only its lists are late
    return True


async def _add(directory: Directory, account_id: str, group_id: str) -> None:
    for pause in (*PAUSES, None):
        try:
            return await directory.add_to_group(account_id, group_id)
        except GraphNotFound:  # the account may be too new
            if pause is None:
                raise
            await asyncio.sleep(pause)
        except GraphRejected:  # an earlier try of ours, whose answer was lost, put it there
            if group_id in await directory.groups_of(account_id):
                return None
            raise
    return None
