"""The strict layer: what the adaptivecards package lets pass, raises here."""

import json

import pytest

from cards.elements import (
    REFRESH_LIMIT,
    ActionSet,
    AdaptiveCard,
    Badge,
    Choice,
    ChoiceInput,
    CodeBlock,
    Column,
    ColumnSet,
    Container,
    Execute,
    Fact,
    FactSet,
    Icon,
    ProgressBar,
    Refresh,
    RichTextBlock,
    Submit,
    TextBlock,
    TextInput,
    TextRun,
)

HELLO = TextBlock(text="Hello")


@pytest.mark.parametrize("name", ["wraps", "isSubtle", "visible", "horizontalAlignment", "items"])
def test_unknown_name_raises(name: str) -> None:
    with pytest.raises(TypeError, match=f"no property '{name}'"):
        TextBlock(text="Hello", **{name: True})


def test_unknown_attribute_raises() -> None:
    card = AdaptiveCard(body=[HELLO])
    with pytest.raises(TypeError, match="no property 'version'"):
        card.version = "1.2"


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("text", 3, TypeError),
        ("wrap", 1, TypeError),
        ("max_lines", True, TypeError),
        ("color", "Green", ValueError),
        ("size", "large", ValueError),
        ("fallback", "drop it", TypeError),
    ],
)
def test_wrong_value_raises(name: str, value: object, error: type[Exception]) -> None:
    if name == "fallback":
        with pytest.raises(error):
            Icon(name="Circle", fallback=value)
        return
    with pytest.raises(error):
        TextBlock(**{"text": "Hello", name: value})


def test_children_are_of_the_right_kind() -> None:
    with pytest.raises(TypeError):
        Container(items=[{"type": "TextBlock", "text": "Hello"}])
    with pytest.raises(TypeError):
        ActionSet(actions=[HELLO])
    with pytest.raises(TypeError):
        ColumnSet(columns=[Container(items=[HELLO])])
    with pytest.raises(TypeError):
        Container(items=(HELLO,))


@pytest.mark.parametrize(
    "kind", [TextBlock, Container, Column, FactSet, Execute, ChoiceInput, AdaptiveCard, Refresh, Fact]
)
def test_required_properties_are_required(kind: type) -> None:
    with pytest.raises(TypeError, match="needs"):
        kind()


def test_teams_elements_need_a_fallback() -> None:
    with pytest.raises(TypeError, match="needs fallback"):
        ProgressBar(value=1, max=2)
    assert Badge(text="New", style="Good", fallback=HELLO).render()["fallback"]["type"] == "TextBlock"
    code = CodeBlock(code_snippet="Get-Mailbox", language="PowerShell", fallback=HELLO).render()
    assert code["codeSnippet"] == "Get-Mailbox"


def test_none_leaves_a_property_out() -> None:
    block = TextBlock(text="Hello", color=None)
    block.weight = "Bolder"
    block.weight = None
    assert block.render() == {"type": "TextBlock", "text": "Hello"}


def test_render_is_deep_and_owns_its_result() -> None:
    data = {"verb": "status", "many": [1, {"a": None}]}
    card = AdaptiveCard(
        body=[
            Container(items=[RichTextBlock(inlines=[TextRun(text="run")])], is_visible=False),
            ColumnSet(columns=[Column(items=[HELLO], width=2)]),
            ActionSet(actions=[Execute(title="Go", verb="status", data=data, fallback=Submit(title="Go", data=data))]),
            TextInput(id="a", label="A", max_length=4),
            ChoiceInput(id="b", label="B", choices=[Choice(title="One", value="1")]),
        ]
    )
    first = card.render()
    assert json.loads(json.dumps(first)) == first
    first["body"][2]["actions"][0]["data"]["many"].append(2)
    assert card.render()["body"][2]["actions"][0]["data"] == data
    assert first["version"] == "1.5"
    assert next(iter(first["body"][0])) == "type"


@pytest.mark.parametrize("value", [float("nan"), {1: "a"}, object(), {"a": {1, 2}}])
def test_what_is_no_json_raises(value: object) -> None:
    with pytest.raises(TypeError):
        Execute(verb="status", data={"value": value}).render()


def test_lone_surrogate_is_replaced() -> None:
    assert Execute(verb="run", data={"text": "a\ud800"}).render()["data"] == {"text": "a?"}


def test_refresh_is_for_sixty_people_at_most() -> None:
    action = Execute(verb="refresh")
    assert len(Refresh(action=action, user_ids=["29:a"] * REFRESH_LIMIT).render()["userIds"]) == REFRESH_LIMIT
    with pytest.raises(ValueError, match="60"):
        Refresh(action=action, user_ids=["29:a"] * (REFRESH_LIMIT + 1))
