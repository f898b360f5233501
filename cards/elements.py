"""The parts of an Adaptive Card 1.5 as Microsoft Teams draws them, on the classes of the adaptivecards package.

What the package has is subclassed; what it lacks (actions, inputs, refresh, Teams' own elements) is declared
in its style. Names and values follow the schema at adaptivecards.io/explorer and, for Teams' own elements,
adaptivecards.microsoft.com. The spelling of the values is Teams' (`Small`, `Good`); the schema takes any case.
"""

from typing import Any

from adaptivecards import adaptivecard, baseobject, containers, elements

from cards.strict import Prop, Strict

COLORS = ("Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention")
SIZES = ("Small", "Default", "Medium", "Large", "ExtraLarge")
WEIGHTS = ("Lighter", "Default", "Bolder")
FONTS = ("Default", "Monospace")
SPACINGS = ("None", "Small", "Default", "Medium", "Large", "ExtraLarge", "Padding")
STYLES = ("default", "emphasis", "good", "attention", "warning", "accent")
SIDES = ("Left", "Center", "Right")
HEIGHTS = ("Top", "Center", "Bottom")

REFRESH_LIMIT = 60
"""userIds of a refresh: learn.microsoft.com, "Universal Actions for Adaptive Cards"."""


class Action(Strict, baseobject.BareObject):
    """What a click does. `data` reaches the bot as it is."""

    element_type = "None"
    title = Prop(str)
    icon_url = Prop(str, "iconUrl")
    id = Prop(str)
    style = Prop(str, choices=("default", "positive", "destructive"))
    tooltip = Prop(str)
    is_enabled = Prop(bool, "isEnabled")
    mode = Prop(str, choices=("primary", "secondary"))

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._data = {"type": self.element_type, **self._data}


class Submit(Action):
    element_type = "Action.Submit"
    data = Prop(dict)
    associated_inputs = Prop(str, "associatedInputs", choices=("auto", "none"))


class Execute(Action):
    """Universal action: answered with a card. `fallback` is for clients that do not know it."""

    element_type = "Action.Execute"
    verb = Prop(str, required=True)
    data = Prop(dict)
    associated_inputs = Prop(str, "associatedInputs", choices=("auto", "none"))
    fallback = Prop(Submit)


class ToggleVisibility(Action):
    element_type = "Action.ToggleVisibility"
    target_elements = Prop(list, "targetElements", members=(str,), required=True)


class Element(Strict, baseobject.Element):
    """What every element of a card has."""

    spacing = Prop(str, choices=SPACINGS)
    height = Prop(str, choices=("auto", "stretch"))


class _TextStyle:
    """What a text block and a run of text have in common."""

    size = Prop(str, choices=SIZES)
    weight = Prop(str, choices=WEIGHTS)
    color = Prop(str, choices=COLORS)
    font_type = Prop(str, "fontType", choices=FONTS)


class TextBlock(_TextStyle, Element, elements.TextBlock):
    """Text with a little markdown: texts from outside go through `parts.plain` first."""

    text = Prop(str, required=True)
    style = Prop(str, choices=("default", "heading"))
    horizontal_alignment = Prop(str, "horizontalAlignment", choices=SIDES)


class TextRun(_TextStyle, Strict, elements.TextRun):
    """Text that is shown as it is: no markdown."""

    text = Prop(str, required=True)
    select_action = Prop(Action, "selectAction")


class RichTextBlock(Element, elements.RichTextBlock):
    inlines = Prop(list, members=(TextRun,), required=True)
    horizontal_alignment = Prop(str, "horizontalAlignment", choices=SIDES)


class Fact(Strict, containers.Fact):
    title = Prop(str, required=True)
    value = Prop(str, required=True)


class FactSet(Element, containers.FactSet):
    facts = Prop(list, members=(Fact,), required=True)


class Image(Element, elements.Image):
    """PNG, JPEG or GIF, at most 1024 x 1024 pixels: learn.microsoft.com, "Format cards in Microsoft Teams"."""

    url = Prop(str, required=True)
    alt_text = Prop(str, "altText", required=True)


class ActionSet(Element, containers.ActionSet):
    actions = Prop(list, members=(Action,), required=True)


class Container(Element, containers.Container):
    items = Prop(list, members=(Element,), required=True)
    style = Prop(str, choices=STYLES)
    select_action = Prop(Action, "selectAction")
    vertical_content_alignment = Prop(str, "verticalContentAlignment", choices=HEIGHTS)


class Column(Strict, containers.Column):
    """`width` is "auto", "stretch", pixels ("24px") or a weight."""

    items = Prop(list, members=(Element,), required=True)
    width = Prop((str, int))
    style = Prop(str, choices=STYLES)
    spacing = Prop(str, choices=SPACINGS)
    select_action = Prop(Action, "selectAction")
    vertical_content_alignment = Prop(str, "verticalContentAlignment", choices=HEIGHTS)


class ColumnSet(Element, containers.ColumnSet):
    columns = Prop(list, members=(Column,), required=True)
    style = Prop(str, choices=STYLES)
    select_action = Prop(Action, "selectAction")


class Input(Element):
    """A field of a form; its value arrives in the action's data under `id`."""

    id = Prop(str, required=True)
    label = Prop(str, required=True)
    is_required = Prop(bool, "isRequired")
    error_message = Prop(str, "errorMessage")
    placeholder = Prop(str)
    value = Prop(str)


class TextInput(Input):
    element_type = "Input.Text"
    max_length = Prop(int, "maxLength")
    is_multiline = Prop(bool, "isMultiline")
    regex = Prop(str)
    style = Prop(str, choices=("text", "tel", "url", "email", "password"))


class Choice(Strict, baseobject.BareObject):
    title = Prop(str, required=True)
    value = Prop(str, required=True)


class ChoiceInput(Input):
    """`filtered` is a list that is searched by typing."""

    element_type = "Input.ChoiceSet"
    choices = Prop(list, members=(Choice,), required=True)
    style = Prop(str, choices=("compact", "expanded", "filtered"))
    is_multi_select = Prop(bool, "isMultiSelect")
    wrap = Prop(bool)


class TeamsElement(Element):
    """An element that Teams draws and the 1.5 schema does not know: it must say what others draw instead."""

    fallback = Prop(Element, required=True)


class ProgressBar(TeamsElement):
    element_type = "ProgressBar"
    value = Prop((int, float))
    max = Prop((int, float))
    color = Prop(str, choices=("Accent", "Good", "Warning", "Attention"))


class Icon(TeamsElement):
    """A Fluent icon by name, from the icon catalog at adaptivecards.microsoft.com."""

    element_type = "Icon"
    name = Prop(str, required=True)
    size = Prop(str, choices=("xxSmall", "xSmall", "Small", "Standard", "Medium", "Large", "xLarge", "xxLarge"))
    style = Prop(str, choices=("Regular", "Filled"))
    color = Prop(str, choices=COLORS)
    horizontal_alignment = Prop(str, "horizontalAlignment", choices=SIDES)


class Badge(TeamsElement):
    element_type = "Badge"
    text = Prop(str, required=True)
    icon = Prop(str)
    appearance = Prop(str, choices=("Filled", "Tint"))
    size = Prop(str, choices=("Medium", "Large", "ExtraLarge"))
    shape = Prop(str, choices=("Square", "Rounded", "Circular"))
    style = Prop(str, choices=("Default", "Subtle", "Informative", "Accent", "Good", "Attention", "Warning"))
    tooltip = Prop(str)


class CodeBlock(TeamsElement):
    element_type = "CodeBlock"
    code_snippet = Prop(str, "codeSnippet", required=True)
    language = Prop(str, choices=("Bash", "Json", "PlainText", "PowerShell"))


class Refresh(Strict, baseobject.BareObject):
    """The client asks for the newest card by itself, for these people (Teams' user ids, `29:…`)."""

    action = Prop(Execute, required=True)
    user_ids = Prop(list, "userIds", members=(str,), required=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        if len(self.user_ids) > REFRESH_LIMIT:
            raise ValueError(f"a refresh takes at most {REFRESH_LIMIT} people, not {len(self.user_ids)}")


class AdaptiveCard(Strict, adaptivecard.AdaptiveCard):
    """A whole card, in the version that Teams draws for bots."""

    body = Prop(list, members=(Element,), required=True)
    actions = Prop(list, members=(Action,))
    refresh = Prop(Refresh)
    msteams = Prop(dict)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self._data["version"] = "1.5"
