"""Reads Bicep without Microsoft's compiler, which no package carries: its syntax, and what resources say.

The syntax is tree-sitter's grammar. What a resource may say, names and fixed values, is held against the models of the
Azure SDK for Python, where it has some. Not checked: types of expressions, what is required, API versions.
"""

import enum
import sys
import types
import typing
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import tree_sitter
import tree_sitter_bicep
import typing_extensions
from azure.mgmt.appcontainers import models as apps_models
from azure.mgmt.appcontainers import types as apps
from azure.mgmt.botservice import models as bots
from azure.mgmt.postgresqlflexibleservers import models as postgres_models
from azure.mgmt.postgresqlflexibleservers import types as postgres

EXPRESSION = object()  # a value that is computed: it may be anything
OF_BICEP = {"name", "parent", "scope", "dependsOn"}  # not the resource's own
_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))

MODELS = {
    "Microsoft.App/containerApps": (apps.ContainerApp, apps_models),
    "Microsoft.App/managedEnvironments": (apps.ManagedEnvironment, apps_models),
    "Microsoft.BotService/botServices": (bots.Bot, bots),
    "Microsoft.BotService/botServices/channels": (bots.BotChannel, bots),
    "Microsoft.DBforPostgreSQL/flexibleServers": (postgres.Server, postgres_models),
    "Microsoft.DBforPostgreSQL/flexibleServers/administrators": (
        postgres.AdministratorMicrosoftEntraAdd,
        postgres_models,
    ),
    "Microsoft.DBforPostgreSQL/flexibleServers/databases": (postgres.Database, postgres_models),
}


class Bicep:
    """One file."""

    def __init__(self, source: str) -> None:
        self.root = _PARSER.parse(source.encode()).root_node
        self.source = source

    @property
    def mistakes(self) -> list[str]:
        """Where the grammar does not hold."""
        wrong = (node for node in _all(self.root) if node.type == "ERROR" or node.is_missing)
        return [f"line {node.start_point[0] + 1}: {_text(node)[:60]}" for node in wrong]

    def params(self) -> dict[str, bool]:
        """Name, and whether it must be given."""
        found = [node for node in _all(self.root) if node.type == "parameter_declaration"]
        return {_name(node): not any(child.type == "=" for child in node.children) for node in found}

    def declared(self) -> dict[str, str]:
        """Params, variables, resources and modules: name and kind."""
        kinds = ("parameter_declaration", "variable_declaration", "resource_declaration", "module_declaration")
        return {_name(node): node.type for node in _all(self.root) if node.type in kinds}

    def outputs(self) -> set[str]:
        return {_name(node) for node in _all(self.root) if node.type == "output_declaration"}

    def modules(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Name, with its file and what is said."""
        found = [node for node in _all(self.root) if node.type == "module_declaration"]
        return {_name(node): (_string(node), _body(node)) for node in found}

    def resources(self) -> dict[str, tuple[str, dict[str, Any]]]:
        """Name, with its type and what is said; what only refers to one that exists is left out."""
        return {
            _name(node): (_type(node), _body(node))
            for node in _all(self.root)
            if node.type == "resource_declaration" and not any(child.type == "existing" for child in node.children)
        }


def unknown_in(kind: str, body: Mapping[str, Any]) -> list[str]:
    """What the model of that kind of resource does not know; nothing where there is no model."""
    if kind not in MODELS:
        return []
    model, module = MODELS[kind]
    own = {name: value for name, value in body.items() if name not in OF_BICEP}
    return list(_unknown(own, model, module, kind.rpartition("/")[2]))


def _unknown(value: Any, model: Any, module: types.ModuleType, where: str) -> Iterator[str]:
    model = _resolved(model, module)
    if value is EXPRESSION or model is Any:
        return
    if typing.get_origin(model) is typing.Union:
        enums = [one for one in typing.get_args(model) if isinstance(one, type) and issubclass(one, enum.Enum)]
        if enums and isinstance(value, str):
            if value not in {member.value for one in enums for member in one}:
                yield f"{where} is {value}"
            return
        model = next((one for one in typing.get_args(model) if one is not str), str)
        yield from _unknown(value, model, module, where)
    elif isinstance(value, dict) and (fields := _fields(model, module)):
        for name, item in value.items():
            if name in fields:
                yield from _unknown(item, fields[name], module, f"{where}.{name}")
            else:
                yield f"{where} has no {name}"
    elif isinstance(value, list):
        (item_model,) = typing.get_args(model) or (Any,)
        for item in value:
            yield from _unknown(item, item_model, module, f"{where}[]")


@cache
def _fields(model: Any, module: types.ModuleType) -> dict[str, Any]:
    if hasattr(model, "_attribute_map"):  # the SDK's older models, which name their types
        named = {one["key"]: one["type"] for one in model._attribute_map.values()}
        return {key: name if name in vars(module) else Any for key, name in named.items()}
    if typing_extensions.is_typeddict(model):
        names = vars(sys.modules[model.__module__])  # its own, which hide the enums' module's
        return typing_extensions.get_type_hints(model, localns={**vars(module), **names})
    return {}


def _resolved(model: Any, module: types.ModuleType) -> Any:
    """Of a name: the class. A channel's properties depend on which channel it is; ours is Teams'."""
    name = {"Channel": "MsTeamsChannel"}.get(model, model) if isinstance(model, str) else model
    found = vars(module)[name] if isinstance(name, str) else name
    is_enum = isinstance(found, type) and issubclass(found, enum.Enum)
    return typing.Union[str, found] if is_enum else found  # noqa: UP007 (made at run time)


def _all(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _all(child)


def _text(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def _name(node: tree_sitter.Node) -> str:
    return next(_text(child) for child in node.children if child.type == "identifier")


def _string(node: tree_sitter.Node) -> str:
    return next(_text(child).strip("'") for child in node.children if child.type == "string")


def _type(node: tree_sitter.Node) -> str:
    """With those of the resources around it, without the version."""
    kind = _string(node).partition("@")[0]
    outer = node.parent
    while outer is not None and outer.type != "resource_declaration":
        outer = outer.parent
    return kind if outer is None else f"{_type(outer)}/{kind}"


def _body(node: tree_sitter.Node) -> dict[str, Any]:
    inner = next((child for child in node.children if child.type == "if_statement"), node)
    return next(_value(child) for child in inner.children if child.type == "object")


def _value(node: tree_sitter.Node) -> Any:
    if node.type == "object":
        properties = [child for child in node.children if child.type == "object_property"]
        return {
            _key(one): _value(one.children[-1]) for one in properties if one.children[0].type != "resource_declaration"
        }
    if node.type == "array":
        return [_value(child) for child in node.named_children if child.type != "comment"]
    if node.type == "string" and not any(child.type == "interpolation" for child in node.children):
        return _text(node).strip("'")
    return EXPRESSION


def _key(node: tree_sitter.Node) -> str:
    return _text(node.children[0]).strip("'")


def read(path: Path) -> Bicep:
    """A parameter file's `param x = …` is a variable's declaration as far as the grammar goes."""
    source = path.read_text()
    if path.suffix == ".bicepparam":
        source = "".join(
            line.replace("param ", "var ", 1) if line.startswith("param ") else line
            for line in source.splitlines(keepends=True)
            if not line.startswith("using ")
        )
    return Bicep(source)
