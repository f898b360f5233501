// The messages of one conversation as one person sees them. Kept while one looks elsewhere, so that nothing typed is lost.

import { el } from "./dom.js";
import { day } from "./format.js";
import { MessageView } from "./message.js";

const NEAR = 60; // pixels from the end that still count as being at the end

export class Pane {
  /** `onreply` is told the root of the thread that one wants to answer. */
  constructor(conversation, person, { onreply, onscroll }) {
    this.conversation = conversation;
    this.person = person;
    this.onreply = onreply;
    this.views = new Map();
    this.list = el("div", { class: "messages" });
    this.element = el("section", { class: `pane ${conversation.kind}`, "aria-label": "Messages", tabindex: -1 }, this.list);
    this.atEnd = true;
    this.element.addEventListener("scroll", () => {
      this.atEnd = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight < NEAR;
      onscroll(this);
    });
    new ResizeObserver(() => this.#stayAtEnd()).observe(this.list);
  }

  /** Add or update a message; answers whether it is new here. */
  apply(message) {
    const known = this.views.get(message.id);
    if (known) known.update(message);
    else if (!message.deleted) this.#add(message);
    this.list.classList.toggle("empty", this.views.size === 0);
    return !known;
  }

  redraw() {
    for (const view of this.views.values()) view.redraw();
  }

  clear() {
    this.views.clear();
    this.lastDay = null;
    this.list.replaceChildren();
  }

  /** Go to the newest message. */
  toEnd() {
    this.atEnd = true;
    this.element.scrollTop = this.element.scrollHeight;
  }

  #add(message) {
    const view = new MessageView(message, this.person);
    this.views.set(message.id, view);
    const list = message.root ? this.#thread(message) : this.list;
    this.#markDay(message, list);
    list.append(view.element);
  }

  /** Somebody who types into a card is not moved away from it. */
  #stayAtEnd() {
    const typesHere = this.element.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    if (this.atEnd && !typesHere) this.toEnd();
  }

  #markDay(message, list) {
    const words = day(message.at);
    if (list !== this.list || this.lastDay === words) return;
    this.lastDay = words;
    this.list.append(el("h2", { class: "day" }, words));
  }

  /** A channel's thread: the post, its replies, and a button to answer. */
  #thread(message) {
    const known = this.list.querySelector(`[data-root="${CSS.escape(message.root)}"] > .thread-messages`);
    if (known) return known;
    const messages = el("div", { class: "thread-messages" });
    const reply = el("button", { type: "button", class: "link", onclick: () => this.onreply(message.root) }, "Reply");
    const thread = el("section", { class: "thread", "data-root": message.root, "aria-label": "Conversation" }, messages, reply);
    this.#markDay(message, this.list);
    this.list.append(thread);
    return messages;
  }
}
