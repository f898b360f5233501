// One message: who, when, text, cards, and what became of it. Redrawn only when its `state` changed.

import { post } from "./api.js";
import { CardView } from "./cards/card.js";
import { el } from "./dom.js";
import { fileElement, isFile } from "./files.js";
import { actOn } from "./extensions.js";
import { avatar, full, time } from "./format.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { deed, personByKey, state } from "./state.js";
import { messageHtml } from "./text.js";
import { isDark } from "./theme.js";
import { toastTrouble } from "./toasts.js";

const ADAPTIVE = "application/vnd.microsoft.card.adaptive";

export class MessageView {
  constructor(message, person) {
    this.id = message.id;
    this.person = person;
    this.cards = [];
    this.sender = personByKey(message.sender);
    this.own = message.sender === person.key && !message.root; // in a channel everybody's posts look alike
    this.marks = el("span", { class: "marks" });
    this.text = el("div", { class: "text" });
    this.attached = el("div", { class: "attached" });
    this.fate = el("div", { class: "fate", role: "status" });
    this.more = el("button", { type: "button", class: "icon-button more", "aria-haspopup": "menu" }, icon("more", 18));
    this.more.setAttribute("aria-label", "Message options");
    this.more.addEventListener("click", () => this.#openMenu());
    this.element = this.#frame(message);
    this.update(message);
  }

  #frame(message) {
    const when = el("time", { datetime: message.at, title: full(message.at) }, time(message.at));
    const head = el("div", { class: "head" }, !this.own && el("b", {}, this.sender.name), when, this.marks, this.more);
    return el(
      "article",
      { class: `message ${this.own ? "own" : "other"}`, "data-id": message.id, "aria-label": `Message from ${this.sender.name}` },
      !this.own && avatar(this.sender),
      el("div", { class: "content" }, head, el("div", { class: "bubble" }, this.text, this.attached), this.fate),
    );
  }

  /** Draw what differs; a message that did not change is left alone. */
  update(message) {
    if (this.message?.state === message.state || isOlder(message, this.message)) return;
    const contentChanged = contentOf(this.message) !== contentOf(message);
    this.message = message;
    if (contentChanged) this.#showContent(message);
    this.marks.textContent = message.editedAt && !message.deleted ? "Edited" : "";
    this.marks.title = message.editedAt ? full(message.editedAt) : "";
    this.#showFate(message);
    this.element.dataset.state = message.state;
    this.#refreshOnce();
  }

  #showContent(message) {
    this.element.classList.toggle("deleted", message.deleted);
    const shown = message.deleted ? "This message has been deleted." : message.text;
    this.text.hidden = !shown;
    this.text.innerHTML = message.deleted ? "" : messageHtml(message.text, message.textFormat);
    if (message.deleted) this.text.textContent = shown;
    const cards = message.attachments.filter((one) => one.contentType === ADAPTIVE);
    this.element.classList.toggle("has-card", cards.length > 0);
    while (this.cards.length > cards.length) this.cards.pop().element.remove();
    while (this.cards.length < cards.length) this.#addCard();
    cards.forEach(({ content }, place) => {
      this.cards[place].say("");
      if (this.cards[place].shown === JSON.stringify(content)) return;
      this.#showCard(this.cards[place], content);
    });
    this.#showOther(message.attachments.filter((one) => one.contentType !== ADAPTIVE));
  }

  #addCard() {
    const view = new CardView((action) => this.#clicked(view, action));
    this.cards.push(view);
    this.attached.append(view.element);
  }

  #showCard(view, content) {
    view.shown = JSON.stringify(content);
    view.show(content, look(this.person));
  }

  #showOther(all) {
    this.attached.querySelectorAll(".other-attachment, .file").forEach((one) => one.remove());
    const answer = (action) => post("/chat/consent", { ...this.#where(), action });
    this.attached.append(...all.filter(isFile).map((one) => fileElement(one, answer)));
    const attachments = all.filter((one) => !isFile(one));
    if (!attachments.length) return;
    const kinds = attachments.map((one) => one.contentType).join(", ");
    this.attached.append(el("p", { class: "other-attachment" }, `Attachment not shown here: ${kinds}`));
  }

  /** Draw all cards again, for a new theme or another kind of client. */
  redraw() {
    for (const view of this.cards) view.show(view.json, look(this.person));
  }

  #showFate({ delivery, failure }) {
    this.fate.replaceChildren();
    this.element.classList.toggle("failed", delivery === "failed");
    if (delivery !== "failed") return;
    const again = () => post("/chat/retry", this.#where()).catch((error) => this.fate.append(` ${error.message}`));
    const button = el("button", { type: "button", class: "link", onclick: again }, "Retry");
    this.fate.append(el("span", {}, `Could not deliver. ${failure} `), button);
  }

  #where() {
    return { as: this.person.key, conversation: this.message.conversation, message: this.id };
  }

  async #clicked(view, action) {
    deed();
    const teams = action.data?.msteams;
    if (teams?.type === "imBack" || teams?.type === "messageBack") return this.#sayBack(teams);
    try {
      const answer =
        action.type === "Action.Execute"
          ? await post("/chat/execute", { ...this.#where(), action: executable(action) })
          : await post("/chat/submit", { ...this.#where(), data: action.data });
      this.#showAnswer(view, answer);
    } catch (error) {
      view.say(error.message, "error");
    }
  }

  #sayBack({ value, text }) {
    const where = this.#where();
    return post("/chat/messages", { ...where, text: text ?? value, root: this.message.root });
  }

  #showAnswer(view, { kind, text, message }) {
    if (message) this.update(message);
    if (kind === "message") view.say(text);
    if (kind === "error") view.say(text, "error");
  }

  /** A card that names this person in its refresh asks for the newest view by itself, once per version. */
  #refreshOnce() {
    const card = this.cards[0]?.json;
    const { version } = this.message;
    if (!card?.refresh?.action || this.person.oldClient || this.refreshed === version) return;
    const names = card.refresh.userIds ?? [];
    if (!names.includes(this.person.id) && !names.includes(this.person.objectId)) return;
    this.refreshed = version;
    this.#refresh("automatic").catch(() => undefined); // the next version asks again; nobody waits for this one
  }

  async #refresh(trigger) {
    const { action } = this.cards[0].json.refresh;
    const answer = await post("/chat/execute", { ...this.#where(), action: executable(action), trigger });
    if (trigger === "manual") this.#showAnswer(this.cards[0], answer);
    else if (answer.message) this.update(answer.message);
  }

  #openMenu() {
    const items = [{ label: "Copy text", onselect: () => navigator.clipboard?.writeText(this.element.innerText) }];
    if (this.cards[0]?.json.refresh?.action && !this.person.oldClient) {
      const refresh = () => this.#refresh("manual").catch((error) => this.cards[0].say(error.message, "error"));
      items.unshift({ label: "Refresh card", onselect: refresh });
    }
    const title = "Provision from this message";
    const act = () => actOn(this.#where(), title).catch((error) => toastTrouble(error.message));
    if (!this.message.deleted) items.push({ label: title, detail: "Mailroom", onselect: act });
    openMenu(this.more, items, "Message options");
  }
}

/** An answer to a click may arrive after the news of a later edit. */
function isOlder(message, shown) {
  if (!shown) return false;
  const [version, view] = message.state.split(".").map(Number);
  const [shownVersion, shownView] = shown.state.split(".").map(Number);
  return version < shownVersion || (version === shownVersion && view < shownView);
}

const look = (person) => ({ dark: isDark(), oldClient: person.oldClient, language: person.locale });

const contentOf = (message) => message && JSON.stringify([message.text, message.deleted, message.attachments, message.version]);

const executable = ({ id, title, verb, data }) => ({ type: "Action.Execute", id, title, verb, data: data ?? {} });

export const isFromMe = (message) => message.sender === state.me.key;
