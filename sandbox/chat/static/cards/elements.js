// Elements that Teams draws and the renderer lacks. Whatever is not here falls back as the card says.

import { el } from "../dom.js";
import { cardIcon, icon } from "../icons.js";

const AC = window.AdaptiveCards;

const ICON_SIZES = { xxsmall: 12, xsmall: 16, small: 20, standard: 24, medium: 28, large: 32, xlarge: 40, xxlarge: 48 };
const lower = (value, otherwise) => String(value ?? otherwise).toLowerCase();

/** An element that keeps its JSON and draws itself from it. */
export class TeamsElement extends AC.CardElement {
  internalParse(source, context) {
    super.internalParse(source, context);
    this.source = source;
  }

  getJsonTypeName() {
    return this.constructor.jsonType;
  }
}

class ProgressBar extends TeamsElement {
  static jsonType = "ProgressBar";

  internalRender() {
    const { value, max = 100, color } = this.source;
    const known = typeof value === "number";
    const share = known ? Math.min(100, Math.max(0, (value / max) * 100)) : 0;
    const fill = el("div", { class: "ac-progress-fill" });
    if (known) fill.style.width = `${share}%`;
    return el(
      "div",
      {
        class: `ac-progress tone-${lower(color, "accent")}${known ? "" : " unknown"}`,
        role: "progressbar",
        "aria-label": "Progress",
        "aria-valuemin": 0,
        "aria-valuemax": max,
        "aria-valuenow": known ? value : null,
      },
      fill,
    );
  }
}

class Badge extends TeamsElement {
  static jsonType = "Badge";

  internalRender() {
    const { text = "", icon: sign, style, appearance, size, shape, tooltip } = this.source;
    const look = [`look-${lower(appearance, "filled")}`, `tone-${lower(style, "default")}`, `size-${lower(size, "medium")}`];
    const name = sign?.split(",")[0];
    return el(
      "span",
      { class: ["ac-badge", `shape-${lower(shape, "circular")}`, ...look].join(" "), title: tooltip },
      name && cardIcon(name, 14, false),
      text,
    );
  }
}

class Icon extends TeamsElement {
  static jsonType = "Icon";

  internalRender() {
    const { name, size, style, color } = this.source;
    const filled = lower(style, "regular") === "filled";
    return el(
      "span",
      { class: `ac-icon tone-${lower(color, "default")}` },
      cardIcon(name, ICON_SIZES[lower(size, "standard")] ?? 24, filled),
    );
  }
}

class CodeBlock extends TeamsElement {
  static jsonType = "CodeBlock";

  internalRender() {
    const { codeSnippet = "", language = "Code" } = this.source;
    const copied = el("span", { class: "unseen", role: "status" });
    const copy = async () => {
      await copyText(codeSnippet);
      copied.textContent = "Copied";
      button.classList.add("done");
      setTimeout(() => {
        copied.textContent = "";
        button.classList.remove("done");
      }, 1500);
    };
    const button = el("button", { type: "button", class: "ac-copy", onclick: copy }, icon("copy", 16), "Copy");
    return el(
      "div",
      { class: "ac-code" },
      el("div", { class: "ac-code-bar" }, el("span", {}, language), button, copied),
      el("pre", { tabindex: 0, "aria-label": `${language} code` }, el("code", {}, codeSnippet)),
    );
  }
}

/** The clipboard, also where the browser offers it only the old way (a page that is not on https or loopback). */
async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text).catch(() => copyOldWay(text));
  copyOldWay(text);
}

function copyOldWay(text) {
  const area = el("textarea", { class: "unseen" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

export function registerElements(more) {
  for (const kind of [ProgressBar, Badge, Icon, CodeBlock, ...more]) {
    AC.GlobalRegistry.elements.register(kind.jsonType, kind);
  }
}

/** How an old client reads cards: Action.Execute is unknown to it, so that fallbacks come into play. */
export function oldClientContext() {
  const context = new AC.SerializationContext();
  const actions = new AC.CardObjectRegistry();
  AC.GlobalRegistry.actions.copyTo(actions);
  actions.unregister("Action.Execute");
  context.setActionRegistry(actions);
  return context;
}
