"""The switch that writes the golden files anew."""

import os

import pytest


@pytest.fixture
def regenerate_golden() -> bool:
    return os.environ.get("REGENERATE_GOLDEN") == "1"
