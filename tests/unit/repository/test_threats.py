"""The threat model and its tests are the same list."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
TRUST = ROOT / "tests" / "trust"


def names_in(path: Path) -> set[str]:
    names = (node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef))
    return {f"{path.name}::{name}" for name in names if name.startswith("test_")}


def test_every_threat_names_a_test_that_is_there():
    named = re.findall(r"`(test_\w+\.py::test_\w+)`", (ROOT / "docs" / "security.md").read_text())
    existing = set().union(*map(names_in, TRUST.glob("test_*.py")))
    assert len(named) >= 40
    assert set(named) <= existing
    assert len(named) == len(set(named))
