"""The pages that are made from the code are up to date, every page is in the index, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from bot.reference import PAGES

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
LINK = re.compile(r"\]\(([^)#:]+)(?:#([^)]+))?\)")
WRITTEN = [*DOCS.rglob("*.md"), *ROOT.glob("*.md"), ROOT / "bench/README.md"]
TARGET = re.compile(r"^\s*(?:`?)make ([a-z-]+)", re.MULTILINE)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_made_from_the_code_is_up_to_date(name: str) -> None:
    made = (DOCS / f"{name}.md").read_text()
    assert made == PAGES[name](), f"run: python -m bot.reference {name} > docs/{name}.md"


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text()
    named = {Path(target).name for target, _ in LINK.findall(index)}
    assert {page.name for page in DOCS.glob("*.md")} - {"README.md"} <= named


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_leads_somewhere(page: Path) -> None:
    for target, heading in LINK.findall(page.read_text()):
        there = (page.parent / target).resolve()
        assert there.exists(), target
        if heading:
            headings = re.findall(r"^#+ (.*)$", there.read_text(), re.MULTILINE)
            assert heading in [re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_make_is_asked_for_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(page.read_text())) <= targets
