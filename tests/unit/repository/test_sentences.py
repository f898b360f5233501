"""Every sentence gets the values that it names, also where no test comes by: `say` would raise in front of a person."""

import ast
from pathlib import Path
from string import Formatter

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("bot", "cards", "graph", "handlers", "jobs", "provisioning")
TEMPLATES = {"say": 1, "counted": 2}
FILES = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]


def sentences(file: Path) -> list[tuple[ast.Call, str, int]]:
    """The calls, with what is called and how many templates it takes."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    named = [(call, getattr(call.func, "attr", getattr(call.func, "id", ""))) for call in calls]
    return [(call, name, TEMPLATES[name]) for call, name in named if name in TEMPLATES]


def fields(template: ast.expr, place: str) -> set[str]:
    assert isinstance(template, ast.Constant), f"{place}: a template is a literal"
    assert isinstance(template.value, str), place
    return {name for _, name, _, _ in Formatter().parse(template.value) if name is not None}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_sentence_gets_its_values(file: Path) -> None:
    for call, name, count in sentences(file):
        place = f"{file.name}:{call.lineno}"
        given = {keyword.arg for keyword in call.keywords} | ({"n"} if name == "counted" else set())
        assert None not in given, f"{place}: its values are named one by one"
        wanted = set().union(*(fields(template, place) for template in call.args[:count]))
        assert wanted <= given, f"{place}: {wanted - given} is missing"
        assert given - {"n"} <= wanted, f"{place}: {given - wanted} is not in the sentence"
