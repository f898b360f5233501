"""Who sits at the terminal, by the name that the operating system has for them: whoever controls the host has any."""

import getpass
import os
import socket

from provisioning.case import Person

_PREFIX = "terminal:"  # no Entra account has such an id


def whoever_sits_here() -> Person:
    try:
        user = _system_user()
    except (KeyError, OSError):  # as in a container, whose user has a number and no name
        user = f"uid {os.getuid()}"
    return Person(f"{_PREFIX}{user}", f"{user} at the terminal of {socket.gethostname()}")


def is_at_terminal(person: Person) -> bool:
    return person.id.startswith(_PREFIX)


def _system_user() -> str:
    """Not by LOGNAME and its kin, which anybody sets, where the system itself can say it."""
    if not hasattr(os, "getuid"):
        return getpass.getuser()
    import pwd

    return pwd.getpwuid(os.getuid()).pw_name
