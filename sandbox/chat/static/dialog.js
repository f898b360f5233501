// A window over the page with a card in it: the dialog of a message extension, and the card that one is about to post.

import { CardView } from "./cards/card.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { state } from "./state.js";
import { isDark } from "./theme.js";

let shown = null;

/** `onaction` gets the clicks on the card's buttons; `button` {title, onclick} stands below it. Answers the dialog. */
export function openDialog({ title, card, text, onaction, button }) {
  closeDialog();
  const view = new CardView(onaction ?? (() => undefined));
  const close = el("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: closeDialog }, icon("close"));
  const head = el("header", {}, el("h2", { id: "dialog-title" }, title), close);
  const words = text && el("p", { class: "dialog-text" }, text);
  const below = button && el("footer", {}, el("button", { type: "button", class: "primary", onclick: button.onclick }, button.title));
  const dialog = el("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, head, words, card && view.element, below);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  if (card) view.show(card, { dark: isDark(), oldClient: false, language: state.me.locale });
  shown = { dialog, view, from: document.activeElement };
  dialog.showModal();
  return view;
}

/** Focus goes back to where it was. */
export function closeDialog() {
  if (!shown) return;
  const { dialog, from } = shown;
  shown = null;
  dialog.close();
  from?.focus?.();
}
