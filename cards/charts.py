"""Charts as Teams draws them, each with a picture for clients that draw none (cards/pictures.py).

Teams' own elements: learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/charts-in-adaptive-cards
"""

from collections.abc import Sequence
from dataclasses import dataclass

from adaptivecards import baseobject

from cards.elements import Element, Image, TeamsElement
from cards.language import decimal_mark
from cards.pictures import COLORS, Bars, picture, written
from cards.strict import Prop, Strict

ALT_TEXT = 600  # characters; what a screen reader says of the picture
NUMBER = (int, float)


@dataclass(frozen=True)
class Series:
    """One number for each label. `color` is one of Teams' chart colors."""

    name: str
    values: tuple[float, ...]
    color: str


class _Value(Strict, baseobject.BareObject):
    """A bar."""

    x = Prop(str, required=True)
    y = Prop(NUMBER, required=True)
    color = Prop(str, choices=tuple(COLORS))


class _Group(Strict, baseobject.BareObject):
    """The bars of one series, side by side with those of the others."""

    legend = Prop(str, required=True)
    values = Prop(list, members=(_Value,), required=True)
    color = Prop(str, choices=tuple(COLORS))


class _Part(Strict, baseobject.BareObject):
    """A part of a bar."""

    legend = Prop(str, required=True)
    value = Prop(NUMBER, required=True)
    color = Prop(str, choices=tuple(COLORS))


class _Stack(Strict, baseobject.BareObject):
    """A bar made of parts."""

    title = Prop(str, required=True)
    data = Prop(list, members=(_Part,), required=True)


class Chart(TeamsElement):
    title = Prop(str, required=True)
    x_axis_title = Prop(str, "xAxisTitle")
    y_axis_title = Prop(str, "yAxisTitle")


class VerticalBar(Chart):
    element_type = "Chart.VerticalBar"
    data = Prop(list, members=(_Value,), required=True)
    color = Prop(str, choices=tuple(COLORS))
    show_bar_values = Prop(bool, "showBarValues")


class GroupedVerticalBar(Chart):
    element_type = "Chart.VerticalBar.Grouped"
    data = Prop(list, members=(_Group,), required=True)
    show_bar_values = Prop(bool, "showBarValues")


class HorizontalBar(Chart):
    element_type = "Chart.HorizontalBar"
    data = Prop(list, members=(_Value,), required=True)
    color = Prop(str, choices=tuple(COLORS))
    display_mode = Prop(str, "displayMode", choices=("AbsoluteWithAxis", "AbsoluteNoAxis", "PartToWhole"))


class StackedHorizontalBar(Chart):
    element_type = "Chart.HorizontalBar.Stacked"
    data = Prop(list, members=(_Stack,), required=True)


def columns(title: str, labels: Sequence[str], series: Sequence[Series], below: str = "") -> Chart:
    """Upright bars, for what has an order; `below` says what the labels are."""
    fallback = _picture(title, labels, series, is_upright=True)
    if len(series) == 1:
        [one] = series
        data = [_Value(x=label, y=value) for label, value in zip(labels, one.values, strict=True)]
        return VerticalBar(
            title=title, data=data, color=one.color, x_axis_title=below or None, show_bar_values=True, fallback=fallback
        )
    groups = [
        _Group(
            legend=one.name,
            color=one.color,
            values=[_Value(x=label, y=value) for label, value in zip(labels, one.values, strict=True)],
        )
        for one in series
    ]
    return GroupedVerticalBar(
        title=title, data=groups, x_axis_title=below or None, show_bar_values=True, fallback=fallback
    )


def bars(title: str, labels: Sequence[str], series: Sequence[Series]) -> Chart:
    """Lying bars, for what has names; several series are parts of one bar."""
    fallback = _picture(title, labels, series, is_upright=False)
    if len(series) == 1:
        [one] = series
        data = [_Value(x=label, y=value, color=one.color) for label, value in zip(labels, one.values, strict=True)]
        return HorizontalBar(title=title, data=data, display_mode="AbsoluteNoAxis", fallback=fallback)
    stacks = [
        _Stack(title=label, data=[_Part(legend=one.name, value=one.values[row], color=one.color) for one in series])
        for row, label in enumerate(labels)
    ]
    return StackedHorizontalBar(title=title, data=stacks, fallback=fallback)


def _picture(title: str, labels: Sequence[str], series: Sequence[Series], *, is_upright: bool) -> Element:
    parts = tuple((one.name, one.color, one.values) for one in series)
    shown = Bars(title, tuple(labels), parts, is_upright, decimal_mark())
    return Image(url=picture(shown), alt_text=_in_words(title, labels, series))


def _in_words(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    rows = [
        f"{label}: {', '.join(f'{one.name} {written(one.values[row], decimal_mark())}'.strip() for one in series)}"
        for row, label in enumerate(labels)
    ]
    words = f"{title}. {'; '.join(rows)}."
    return words if len(words) <= ALT_TEXT else f"{words[: ALT_TEXT - 1]}…"
