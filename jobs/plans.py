"""A fix's writes as JSON, each with its kind: several kinds have the same fields."""

import json
from collections.abc import Sequence
from typing import Any, get_args

from pydantic import TypeAdapter

from provisioning.fixes.steps import Step

_ADAPTERS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Step)}


def dump(steps: Sequence[Step]) -> str:
    return json.dumps(
        [
            {"kind": type(step).__name__, "step": _ADAPTERS[type(step).__name__].dump_python(step, mode="json")}
            for step in steps
        ]
    )


def load(document: str) -> tuple[Step, ...]:
    return tuple(_ADAPTERS[entry["kind"]].validate_python(entry["step"]) for entry in json.loads(document))
