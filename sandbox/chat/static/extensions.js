// The app's message extension: a search beside the box where one writes, and an action on a message.

import { post } from "./api.js";
import { closeDialog, openDialog } from "./dialog.js";
import { announce, byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { deed, state } from "./state.js";

const WAIT = 250; // ms after the last key before the bot is asked

let timer = 0;
let asked = 0; // the newest search; answers of older ones are late

const panel = byId("extension");

/** `place()` answers the open conversation and thread. */
export function startExtensions({ place, onerror }) {
  const button = byId("look-up");
  button.append(icon("search"));
  button.addEventListener("click", () => (panel.hidden ? openSearch(place, onerror) : closeSearch()));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    closeSearch();
    button.focus();
  });
}

export function closeSearch() {
  panel.hidden = true;
  byId("look-up").setAttribute("aria-expanded", "false");
}

function openSearch(place, onerror) {
  const list = el("ul", { class: "found", "aria-label": "Results" });
  const box = el("input", { type: "search", id: "look-up-text", "aria-label": "Name or address", placeholder: "Name or address" });
  const search = () => find(box.value.trim(), list, place, onerror);
  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, WAIT);
  });
  panel.replaceChildren(el("h2", {}, "Look up a mailbox"), box, list);
  panel.hidden = false;
  byId("look-up").setAttribute("aria-expanded", "true");
  box.focus();
  search();
}

async function find(text, list, place, onerror) {
  const mine = ++asked;
  list.setAttribute("aria-busy", "true");
  try {
    const answer = await post("/chat/extension/query", { ...place(), text });
    if (mine !== asked) return;
    list.replaceChildren(...lines(answer, place, onerror));
    announce(answer.text || `${answer.results.length} found`);
  } catch (error) {
    onerror(error.message);
  } finally {
    if (mine === asked) list.removeAttribute("aria-busy");
  }
}

const lines = ({ text, results }, place, onerror) =>
  results.length ? results.map((one) => el("li", {}, line(one, place, onerror))) : [el("li", { class: "note" }, text)];

const line = (result, place, onerror) =>
  el(
    "button",
    { type: "button", onclick: () => choose(result, place, onerror) },
    el("b", {}, result.title),
    el("small", {}, result.text),
  );

/** A result with a tap is asked for what it becomes; another is posted as it is. One sees it before one posts it. */
async function choose(result, place, onerror) {
  let { card } = result;
  const where = place();
  try {
    if (result.item) {
      const answer = await post("/chat/extension/select", { ...where, item: result.item });
      if (answer.kind !== "result") return onerror(answer.text);
      card = answer.results[0].card;
    }
  } catch (error) {
    return onerror(error.message);
  }
  closeSearch();
  const send = async () => {
    closeDialog();
    deed();
    await post("/chat/extension/post", { ...where, card }).catch((error) => onerror(error.message));
  };
  openDialog({ title: "Post this card?", card, button: { title: "Post", onclick: send } });
}

/** The action on a message: a dialog from the bot, until it answers with nothing more to fill in. */
export async function actOn(where, title) {
  deed();
  show(await post("/chat/extension/open", where), where, title);
}

function show({ kind, title, card, text }, where, fallback) {
  if (kind === "nothing") return closeDialog();
  const onaction = async ({ data }) => {
    deed();
    try {
      show(await post("/chat/extension/submit", { ...where, data }), where, fallback);
    } catch (error) {
      view.say(error.message, "error");
    }
  };
  const view = openDialog({ title: title || fallback, card, text, onaction });
}

export const placeOf = (root) => ({ as: state.me.key, conversation: state.current.id, root });
