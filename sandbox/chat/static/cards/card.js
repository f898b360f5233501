// One Adaptive Card in a message: drawn by Microsoft's renderer, updated in place without losing what was typed.

import { el } from "../dom.js";
import { cardHtml } from "../text.js";
import { CHARTS } from "./charts.js";
import { oldClientContext, registerElements } from "./elements.js";
import { hostConfig } from "./hostconfig.js";
import { focusIn, Kept, refocus } from "./keep.js";
import { prepare } from "./prepare.js";

const AC = window.AdaptiveCards;

let mentioned = []; // the names that the card being drawn mentions

AC.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = cardHtml(text, mentioned);
  result.didProcess = true;
};
registerElements(CHARTS);

export class CardView {
  /** `onaction` gets {type, id, title, verb, data} of a click on Action.Execute or Action.Submit. */
  constructor(onaction) {
    this.onaction = onaction;
    this.kept = new Kept();
    this.strip = el("div", { class: "strip", role: "status", hidden: true });
    this.host = el("div", { class: "card-host" });
    this.element = el("div", { class: "card" }, this.host, this.strip);
  }

  /** Draw `json` with `look` {dark, oldClient, language}; when a card was there before, its typed values, opened parts and focus stay. */
  show(json, look) {
    const focus = focusIn(this.card, this.host);
    this.json = json;
    this.card = this.#parse(prepare(this.kept.applyTo(json)), look);
    const drawn = this.#draw();
    this.host.replaceChildren(drawn ?? el("p", { class: "no-card" }, json.fallbackText || "This card cannot be shown."));
    nameFiltered(this.card);
    this.kept.watch(this.card);
    this.kept.reopen(this.card);
    refocus(this.card, this.host, focus);
    this.element.classList.toggle("wide", String(json.msteams?.width).toLowerCase() === "full");
  }

  /** Say something under the card: tone is "note" or "error". */
  say(words, tone = "note") {
    this.strip.textContent = words;
    this.strip.className = `strip ${tone}`;
    this.strip.hidden = !words;
  }

  #parse(json, look) {
    const card = new AC.AdaptiveCard();
    card.version = new AC.Version(1, 6);
    card.hostConfig = new AC.HostConfig(hostConfig(look.dark));
    card.parse(json, look.oldClient ? oldClientContext() : undefined);
    card.lang = look.language; // for the dates in texts; only here, since parsing it is unreliable in 3.0.6
    card.onExecuteAction = (action) => this.#clicked(action);
    return card;
  }

  #draw() {
    const entities = this.json.msteams?.entities ?? [];
    mentioned = entities.filter((one) => one.type === "mention").map((one) => one.mentioned?.name);
    try {
      return this.card.render();
    } finally {
      mentioned = [];
    }
  }

  async #clicked(action) {
    if (this.element.hasAttribute("aria-busy")) return;
    const type = action.getJsonTypeName();
    if (type === "Action.OpenUrl") return openOutside(action.url);
    if (type !== "Action.Execute" && type !== "Action.Submit") return; // the renderer itself shows and hides
    const button = action.renderedElement;
    this.say("");
    this.element.setAttribute("aria-busy", "true");
    button?.classList.add("working");
    try {
      await this.onaction({ type, id: action.id, title: action.title, verb: action.verb, data: action.data ?? {} });
    } finally {
      this.element.removeAttribute("aria-busy");
      button?.classList.remove("working");
    }
  }
}

/** The renderer leaves the box of a filtered choice without its label. */
function nameFiltered(card) {
  for (const input of card.getAllInputs()) {
    input.renderedElement?.querySelector(".ac-choiceSetInput-filtered")?.setAttribute("aria-label", input.label ?? "");
  }
}

/** Only web and mail links leave the page. */
function openOutside(url) {
  if (/^(https?|mailto):/i.test(url ?? "")) window.open(url, "_blank", "noopener,noreferrer");
}
