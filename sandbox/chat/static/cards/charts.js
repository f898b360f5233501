// Bar charts as Teams draws them with Fluent's charts: title on top, legend below, bars in the named colors.
// learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/charts-in-adaptive-cards

import { el } from "../dom.js";
import { TeamsElement } from "./elements.js";

// Where a series names no color, the set "categorical" gives them in this order.
const CATEGORICAL = ["categoricalBlue", "categoricalTeal", "categoricalPurple", "categoricalGreen", "categoricalMarigold"];
const PLOT = 140; // pixels of the highest upright bar

const colorOf = (name, index) => `var(--chart-${(name ?? CATEGORICAL[index % CATEGORICAL.length]).toLowerCase()})`;
const shown = (value) => value.toLocaleString("en", { maximumFractionDigits: 1 });

class Chart extends TeamsElement {
  internalRender() {
    const { title, data = [] } = this.source;
    return el(
      "figure",
      { class: "ac-chart", "aria-label": title },
      title && el("figcaption", { class: "ac-chart-title" }, title),
      ...this.plot(data),
    );
  }
}

const swatch = (color) => {
  const made = el("span", { class: "ac-chart-swatch" });
  made.style.background = color;
  return made;
};

const legend = (names) =>
  el("div", { class: "ac-chart-legend" }, ...names.map(([name, color]) => el("span", {}, swatch(color), name)));

/** An upright bar of a share of the plot, with its number on top. */
function upright(value, highest, color, withValue) {
  const bar = el("div", { class: "ac-chart-column" });
  bar.style.height = `${Math.round((PLOT * value) / highest)}px`;
  bar.style.background = color;
  return el("div", { class: "ac-chart-slot" }, withValue && value ? el("span", {}, shown(value)) : null, bar);
}

/** Groups of upright bars, a group for each x. */
function uprightPlot(source, groups) {
  const labels = groups[0]?.values.map((one) => one.x) ?? [];
  const highest = Math.max(1e-9, ...groups.flatMap((group) => group.values.map((one) => one.y)));
  return el(
    "div",
    { class: "ac-chart-upright" },
    ...labels.map((label, at) =>
      el(
        "div",
        { class: "ac-chart-group" },
        el(
          "div",
          { class: "ac-chart-bars" },
          ...groups.map((group) => upright(group.values[at].y, highest, group.color, source.showBarValues)),
        ),
        el("div", { class: "ac-chart-label" }, String(label)),
      ),
    ),
  );
}

/** A lying bar made of parts: a title, a number, and the bar below them. */
function lying(title, number, pieces, longest) {
  const bar = el("div", { class: "ac-chart-row" });
  for (const { value, color } of pieces) {
    const piece = el("div", { class: "ac-chart-piece" });
    piece.style.width = `${(100 * value) / longest}%`;
    piece.style.background = color;
    bar.append(piece);
  }
  return el(
    "div",
    { class: "ac-chart-lying" },
    el("div", { class: "ac-chart-line" }, el("span", {}, title), el("span", {}, number)),
    bar,
  );
}

class VerticalBar extends Chart {
  static jsonType = "Chart.VerticalBar";

  plot(data) {
    return [uprightPlot(this.source, [{ values: data, color: colorOf(this.source.color, 0) }])];
  }
}

class GroupedVerticalBar extends Chart {
  static jsonType = "Chart.VerticalBar.Grouped";

  plot(data) {
    const groups = data.map((group, index) => ({ ...group, color: colorOf(group.color, index) }));
    return [uprightPlot(this.source, groups), legend(groups.map((group) => [group.legend, group.color]))];
  }
}

class HorizontalBar extends Chart {
  static jsonType = "Chart.HorizontalBar";

  plot(data) {
    const longest = Math.max(1e-9, ...data.map((one) => one.y));
    return data.map((one, index) =>
      lying(one.x, shown(one.y), [{ value: one.y, color: colorOf(one.color ?? this.source.color, index) }], longest),
    );
  }
}

class StackedHorizontalBar extends Chart {
  static jsonType = "Chart.HorizontalBar.Stacked";

  plot(data) {
    const sum = (stack) => stack.data.reduce((total, part) => total + part.value, 0);
    const longest = Math.max(1e-9, ...data.map(sum));
    const pieces = (stack) => stack.data.map((part, index) => ({ ...part, color: colorOf(part.color, index) }));
    const names = data.length ? pieces(data[0]).map((part) => [part.legend, part.color]) : [];
    const numbers = (stack) => stack.data.map((part) => shown(part.value)).join(" / ");
    return [...data.map((stack) => lying(stack.title, numbers(stack), pieces(stack), longest)), legend(names)];
  }
}

export const CHARTS = [VerticalBar, GroupedVerticalBar, HorizontalBar, StackedHorizontalBar];
