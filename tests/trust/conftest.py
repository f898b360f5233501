"""One bot with roles, a sandbox and the Connector's services for all tests of a module; see support.trust_site."""

from collections.abc import Iterator

import pytest
from support.trust_site import ADAM, HELGA, MONA, TrustSite, running_trust_site

ROLES = {"OPERATORS": f"{HELGA.id},{MONA.id}", "ADMINS": ADAM.id, "APPROVERS": f"{ADAM.id},{MONA.id}"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TrustSite]:
    with running_trust_site(tmp_path_factory.mktemp("trust"), **ROLES) as running:
        yield running
