"""One sandbox and one bot for all tests of a module; each test starts with a fresh tenant."""

from collections.abc import Iterator

import pytest
from support.site import Site, running_site


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Mailboxes come only when a test says so: `site.mailbox_answers(upn)`."""
    with running_site(tmp_path_factory.mktemp("site"), scenario="mailbox-never-ready") as site:
        yield site


@pytest.fixture
def desk(running: Site) -> Site:
    """The site, with the tenant as at the start."""
    running.reset()
    return running
