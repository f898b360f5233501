// Notifications in the corner: new messages that one is not looking at, and troubles of the page itself.

import { byId, el } from "./dom.js";
import { avatar } from "./format.js";
import { icon } from "./icons.js";
import { conversationById, personByKey } from "./state.js";
import { wordsOf } from "./text.js";

const SECONDS = 7;

function show(toast) {
  byId("toasts").append(toast);
  while (byId("toasts").children.length > 3) byId("toasts").firstChild.remove();
  let timer;
  const leave = () => (timer = setTimeout(() => toast.remove(), SECONDS * 1000));
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", leave);
  leave();
}

const closer = (toast) => {
  const button = el("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: () => toast().remove() });
  button.append(icon("close", 16));
  return button;
};

/** A new message; a click opens its conversation. */
export function toastMessage(message, onopen) {
  const sender = personByKey(message.sender);
  const conversation = conversationById(message.conversation);
  const where = conversation.kind === "personal" ? "" : ` in ${conversation.name}`;
  const open = () => {
    toast.remove();
    onopen(message.conversation);
  };
  const words = el(
    "button",
    { type: "button", class: "toast-words", onclick: open },
    el("b", {}, `${sender.name}${where}`),
    el("span", {}, wordsOf(message.preview)),
  );
  const toast = el("div", { class: "toast" }, avatar(sender), words, closer(() => toast));
  show(toast);
}

export function toastTrouble(words) {
  const toast = el("div", { class: "toast trouble" }, el("span", { class: "toast-words" }, words), closer(() => toast));
  show(toast);
}
