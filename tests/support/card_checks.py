"""Is a card what the official Adaptive Cards 1.5 schema and Microsoft's Teams models allow?"""

import importlib.resources
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
from microsoft_teams.cards import core
from pydantic.alias_generators import to_camel

TEAMS_ONLY = frozenset({"ProgressBar", "Icon", "Badge", "CodeBlock"}) | {
    "Chart.VerticalBar",
    "Chart.VerticalBar.Grouped",
    "Chart.HorizontalBar",
    "Chart.HorizontalBar.Stacked",
}
SIZE_LIMIT = 25 * 1024


def walk(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in the card that has a type."""
    if isinstance(value, list):
        for member in value:
            yield from walk(member)
    if isinstance(value, dict):
        if "type" in value:
            yield value
        for name, member in value.items():
            if name != "data":
                yield from walk(member)


def downlevel(value: Any) -> Any:
    """What a client sees that knows 1.5 and nothing of Teams' own."""
    if isinstance(value, list):
        return [downlevel(member) for member in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in TEAMS_ONLY:
        return downlevel(value["fallback"])
    lower = {name: downlevel(member) for name, member in value.items() if name != "msteams"}
    if lower.get("style") == "filtered":  # Teams' typeahead, which the published 1.5 schema has forgotten
        lower["style"] = "compact"
    return lower


def without_pictures(value: Any) -> Any:
    """The card with the name of a picture's format in its place: its bytes differ from one zlib to the next."""
    if isinstance(value, list):
        return [without_pictures(member) for member in value]
    if isinstance(value, dict):
        return {name: without_pictures(member) for name, member in value.items()}
    return value.partition(",")[0] if isinstance(value, str) and value.startswith("data:image/") else value


def schema_errors(card: dict[str, Any]) -> list[str]:
    return [f"{error.instance_path}: {error.message[:200]}" for error in _schema().iter_errors(downlevel(card))]


def teams_errors(card: dict[str, Any]) -> list[str]:
    """Names and values that Microsoft's own models of Teams' cards do not know."""
    return [problem for item in walk(card) for problem in _model_errors(item)]


def size(card: dict[str, Any]) -> int:
    return len(json.dumps(card, ensure_ascii=False, separators=(",", ":")).encode())


@cache
def _schema() -> Any:
    text = importlib.resources.files("adaptive_cards").joinpath("schemas/schema-1.5.json").read_text()
    return jsonschema_rs.validator_for(json.loads(text))


@cache
def _models() -> dict[str, Any]:
    classes = [value for value in vars(core).values() if isinstance(value, type) and hasattr(value, "model_fields")]
    typed = [model for model in classes if "type" in model.model_fields]
    return {model.model_fields["type"].default: model for model in typed}


def _model_errors(item: dict[str, Any]) -> list[str]:
    kind = item["type"]
    model = _models().get(kind)
    if model is None:
        return [f"Teams has no {kind}"]
    known = {field.alias or to_camel(name) for name, field in model.model_fields.items()} | {"$schema"}
    strangers = [f"{kind} has no {name}" for name in item if name not in known]
    try:
        model.model_validate(item)
    except ValueError as error:
        return [*strangers, f"{kind}: {error}"]
    return strangers
