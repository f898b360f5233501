// The box where one writes: Enter sends, Shift+Enter makes a line, @ offers the bot.

import { post } from "./api.js";
import { byId, el } from "./dom.js";
import { closeSearch, placeOf, startExtensions } from "./extensions.js";
import { avatar } from "./format.js";
import { icon } from "./icons.js";
import { readFile } from "./files.js";
import { deed, state } from "./state.js";

const drafts = new Map(); // what was typed where, by person and conversation
let root = ""; // the thread that is being answered
let attached = null; // the file that goes with the next message
let toldTyping = 0; // when colleagues were last told that one types

const box = byId("text");
const suggest = byId("suggest");
const key = () => `${state.me.key}|${state.current.id}`;

export function startCompose({ onerror }) {
  byId("mention").append(icon("at"));
  byId("send").append(icon("send"));
  byId("attach").append(icon("attach"));
  byId("attach").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", () => attach(byId("file").files[0]));
  startExtensions({ place: () => placeOf(root), onerror });
  byId("mention").addEventListener("click", () => insertMention(""));
  byId("compose").addEventListener("submit", (event) => {
    event.preventDefault();
    send(onerror);
  });
  box.addEventListener("input", () => {
    changed();
    tellTyping();
  });
  box.addEventListener("keydown", (event) => pressed(event, onerror));
  box.addEventListener("blur", () => (suggest.hidden = true));
  box.addEventListener("scroll", () => (byId("mirror").scrollTop = box.scrollTop));
}

/** Show the box for the open conversation, with its draft. */
export function showCompose() {
  const { kind, installed, name } = state.current;
  replyTo("");
  attach(null);
  closeSearch();
  box.value = drafts.get(key()) ?? "";
  box.placeholder = placeholder(kind);
  byId("compose").dataset.kind = kind;
  byId("compose").classList.toggle("without-bot", !installed);
  box.setAttribute("aria-label", kind === "personal" ? `Message ${state.bot.name}` : `Message ${name}`);
  changed();
}

const placeholder = (kind) =>
  kind === "personal" ? "Try: provision jane@contoso.com" : `Try: @${state.bot.name} provision jane@contoso.com`;

/** Answer a thread of a channel, or start a new post ("" as root). */
export function replyTo(thread) {
  root = thread;
  const line = byId("reply-to");
  line.hidden = !root;
  const stop = el("button", { type: "button", class: "icon-button", "aria-label": "Do not reply", onclick: () => replyTo("") });
  stop.append(icon("close", 16));
  line.replaceChildren(el("span", {}, "Replying in this thread"), stop);
  if (root) box.focus();
}

/** The file goes with the next message; null takes it off again. */
function attach(file) {
  attached = file ?? null;
  byId("file").value = "";
  const line = byId("attached");
  line.hidden = !attached;
  const off = el("button", { type: "button", class: "icon-button", "aria-label": "Take the file off", onclick: () => attach(null) });
  off.append(icon("close", 16));
  line.replaceChildren(icon("document", 16), el("span", {}, attached?.name ?? ""), off);
  changed();
}

async function send(onerror) {
  const text = box.value.trim();
  if (!text && !attached) return;
  const place = key();
  const body = { as: state.me.key, conversation: state.current.id, text, root };
  if (attached) body.files = [await readFile(attached)];
  attach(null);
  box.value = "";
  changed();
  deed();
  try {
    await post("/chat/messages", body);
  } catch (error) {
    drafts.set(place, text);
    if (place === key()) {
      box.value = text;
      changed();
    }
    onerror(`Not sent: ${error.message}`);
  }
}

function pressed(event, onerror) {
  if (!suggest.hidden && (event.key === "Enter" || event.key === "Tab")) {
    event.preventDefault();
    insertMention(typedMention());
  } else if (event.key === "Escape") {
    suggest.hidden = true;
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send(onerror);
  }
}

function changed() {
  drafts.set(key(), box.value);
  mirror();
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
  byId("send").toggleAttribute("disabled", !box.value.trim() && !attached);
  offer(typedMention());
}

/** Colleagues see that one types; not at every key. */
function tellTyping() {
  if (state.current.kind === "personal" || Date.now() - toldTyping < 3000) return;
  toldTyping = Date.now();
  const body = { as: state.me.key, conversation: state.current.id, root };
  post("/chat/typing", body).catch(() => undefined); // not worth a word
}

/** The same words behind the box, with the mention as a pill. */
function mirror() {
  const parts = box.value.split(new RegExp(`(@${state.bot.name}\\b)`, "i"));
  byId("mirror").replaceChildren(...parts.map((part, place) => (place % 2 ? el("mark", {}, part) : part)), "\u200b");
}

/** The beginning of a mention before the cursor ("@Ma"), or null. */
function typedMention() {
  const before = box.value.slice(0, box.selectionStart);
  const found = before.match(/(?:^|\s)(@\w*)$/)?.[1] ?? null;
  return found && `@${state.bot.name}`.toLowerCase().startsWith(found.toLowerCase()) && found.length <= state.bot.name.length
    ? found
    : null;
}

function offer(typed) {
  suggest.hidden = typed === null;
  if (typed === null) return;
  const choose = (event) => {
    event.preventDefault();
    insertMention(typedMention() ?? "");
  };
  const words = el("span", {}, state.bot.name, el("small", {}, "App"));
  suggest.replaceChildren(
    el("div", { role: "option", "aria-selected": "true", onpointerdown: choose }, avatar(state.bot, 28), words),
  );
}

/** Put the mention where the cursor is, instead of its typed beginning. */
function insertMention(typed) {
  const end = box.selectionStart;
  const start = end - (typed ?? "").length;
  const space = box.value[end] === " " ? "" : " ";
  const gap = start > 0 && !/\s/.test(box.value[start - 1]) ? " " : "";
  box.setRangeText(`${gap}@${state.bot.name}${space}`, start, end, "end");
  box.focus();
  changed();
}
