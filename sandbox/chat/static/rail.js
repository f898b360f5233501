// The left side: who one is, and one's chats.

import { get, post } from "./api.js";
import { byId, el } from "./dom.js";
import { avatar, short } from "./format.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { aliasOf, personByKey, state } from "./state.js";
import { wordsOf } from "./text.js";

export function startRail({ onperson, onclient }) {
  byId("who").addEventListener("click", () => choosePerson(onperson, onclient));
}

async function choosePerson(onperson, onclient) {
  const { people } = await get("/chat/people");
  const items = people.map((person) => ({
    label: person.name,
    detail: person.role,
    picture: avatar(person),
    badge: person.key === state.me.key ? 0 : person.unread,
    checked: person.key === state.me.key,
    onselect: () => onperson(person.key),
  }));
  const client = async () => {
    const changed = await post("/chat/settings", { as: state.me.key, oldClient: !state.me.oldClient });
    onclient(changed);
  };
  const detail = `for ${state.me.name}: a client without Action.Execute`;
  items.push({ label: "Old client", detail, checked: state.me.oldClient, choice: true, onselect: client });
  openMenu(byId("who"), items, "Who you are");
}

export function showWho() {
  const words = el("span", { class: "who-words" }, el("small", {}, "You are:"), el("b", {}, state.me.name));
  byId("who").replaceChildren(avatar(state.me, 36), words, icon("chevron", 16));
  byId("who").title = `${state.me.upn} · ${state.me.role} · ${state.me.locale}`;
}

export function showChats(onopen) {
  const channels = state.conversations.filter((one) => one.kind === "channel");
  const chats = state.conversations.filter((one) => one.kind !== "channel");
  const teams = [...new Set(channels.map((one) => one.team))];
  byId("chats").replaceChildren(
    section("Chats", chats.map((one) => entry(one, onopen))),
    ...teams.map((team) => section(team, channels.filter((one) => one.team === team).map((one) => entry(one, onopen)))),
  );
}

const section = (title, entries) => el("section", {}, el("h2", {}, title), el("ul", {}, entries.map((one) => el("li", {}, one))));

function entry(conversation, onopen) {
  const { last, unread, id } = conversation;
  const isOpen = state.current?.id === id;
  const preview = last ? `${last.sender === state.me.key ? "You: " : ""}${wordsOf(last.preview)}` : "No messages yet";
  return el(
    "button",
    {
      type: "button",
      class: `chat${unread ? " unread" : ""}`,
      "aria-current": isOpen ? "true" : null,
      "data-chat": aliasOf(conversation),
      onclick: () => onopen(id),
    },
    picture(conversation, 32),
    el("span", { class: "chat-words" }, el("b", {}, conversation.name), el("small", {}, preview)),
    el("span", { class: "chat-aside" }, last && el("small", {}, short(last.at)), unread > 0 && el("span", { class: "badge" }, String(unread))),
  );
}

/** The bot's sign, a group's first two people, or a channel's #. */
export function picture(conversation, size) {
  if (conversation.kind === "personal") return avatar(state.bot, size);
  if (conversation.kind === "channel") {
    const sign = el("span", { class: "avatar channel", "aria-hidden": "true" }, "#");
    sign.style.setProperty("--size", `${size}px`);
    return sign;
  }
  const others = conversation.members.filter((key) => key !== state.me.key).slice(0, 2);
  const pair = el("span", { class: "pair", "aria-hidden": "true" }, others.map((key) => avatar(personByKey(key), size * 0.72)));
  pair.style.setProperty("--size", `${size}px`);
  return pair;
}
