// The chat page: starts everything, listens to the stream, decides what is shown.

import { get, post } from "./api.js";
import { replyTo, showCompose, startCompose } from "./compose.js";
import { announce, byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { isFromMe } from "./message.js";
import { Pane } from "./pane.js";
import { picture, showChats, showWho, startRail } from "./rail.js";
import { aliasOf, conversationById, personByKey, state } from "./state.js";
import { startTenant } from "./tenant.js";
import { wordsOf } from "./text.js";
import { startTheme } from "./theme.js";
import { toastMessage, toastTrouble } from "./toasts.js";

const OWN_ANSWER = 5000; // ms after one's own deed in which the bot's message here is an answer, not news

const panes = new Map(); // by person and conversation
const typists = new Map(); // who is typing here -> timer
let stream = null;

const app = byId("app");
const currentPane = () => state.current && panes.get(`${state.me.key}|${state.current.id}`);
const trouble = (error) => toastTrouble(error.message);

async function start() {
  const { people, bot } = await get("/chat/people");
  Object.assign(state, { people, bot });
  byId("back").append(icon("back"));
  byId("show-tenant").append(icon("panel"));
  byId("chat-menu").append(icon("more"));
  byId("back").addEventListener("click", () => showPart("chats"));
  byId("show-tenant").addEventListener("click", () => toggleTenant());
  byId("chat-menu").addEventListener("click", chatMenu);
  byId("newer").addEventListener("click", () => currentPane().toEnd());
  startTheme(() => panes.forEach((pane) => pane.redraw()));
  startCompose({ onerror: toastTrouble });
  startRail({ onperson: (key) => becomePerson(key).catch(trouble), onclient: changeClient });
  startTenant({ onclose: toggleTenant });
  const query = new URLSearchParams(location.search);
  await becomePerson(query.get("as") ?? "helga", query.get("chat"));
}

// Who one is

async function becomePerson(key, chat) {
  state.me = state.people.find((person) => person.key === key) ?? state.people[0];
  showWho();
  await loadConversations();
  const wanted = chat ?? (state.current ? aliasOf(state.current) : null);
  const named = state.conversations.find((one) => aliasOf(one) === wanted || one.id === wanted);
  await openConversation((named ?? state.conversations[0]).id);
  if (!wanted) showPart("chats");
  listen();
}

function changeClient(person) {
  Object.assign(state.me, person);
  panes.forEach((pane) => pane.person.key === person.key && pane.redraw());
}

async function loadConversations() {
  const { conversations } = await get("/chat/conversations", { as: state.me.key });
  state.conversations = conversations;
  if (state.current) state.current = conversationById(state.current.id) ?? state.current;
  showChats(open);
}

// The open conversation

const open = (id) => openConversation(id).catch(trouble);

async function openConversation(id) {
  state.current = conversationById(id);
  const key = `${state.me.key}|${id}`;
  const isNew = !panes.has(key);
  if (isNew) panes.set(key, new Pane(state.current, state.me, { onreply: replyTo, onscroll: showNewer }));
  byId("panes").replaceChildren(panes.get(key).element);
  showTop();
  showCompose();
  showPart("thread");
  stopTyping();
  rememberPlace();
  if (!matchMedia("(pointer: coarse)").matches) byId("text").focus(); // now: later it would take the focus away
  post("/chat/open", { as: state.me.key, conversation: id }).catch(() => undefined); // the bot may be down; sending says so
  await loadMessages(panes.get(key));
  if (isNew) panes.get(key).toEnd();
  await markRead();
}

async function loadMessages(pane) {
  const { messages } = await get("/chat/messages", { as: pane.person.key, conversation: pane.conversation.id });
  const [oldest] = pane.views.keys();
  if (oldest && !messages.some((message) => message.id === oldest)) pane.clear(); // the sandbox was started anew
  for (const message of messages) pane.apply(message);
  pane.list.classList.toggle("empty", messages.length === 0);
}

async function markRead() {
  await post("/chat/read", { as: state.me.key, conversation: state.current.id });
  state.current.unread = 0;
  showChats(open);
}

function showTop() {
  const { kind, name, team, members, installed } = state.current;
  byId("title").textContent = kind === "channel" ? `${team} › ${name}` : name;
  const others = members.map((one) => personByKey(one).name).join(", ");
  const words = kind === "personal" ? "App" : `${others} and ${state.bot.name}`;
  byId("subtitle").textContent = installed ? words : `${state.bot.name} was removed from this chat`;
  byId("top-avatar").replaceChildren(picture(state.current, 36));
  document.title = `${name} · Mailroom sandbox`;
}

function rememberPlace() {
  const query = new URLSearchParams(location.search);
  query.set("as", state.me.key);
  query.set("chat", aliasOf(state.current));
  history.replaceState(null, "", `?${query}`);
}

function chatMenu() {
  const { installed, id } = state.current;
  const change = () => post("/chat/membership", { as: state.me.key, conversation: id, installed: !installed }).catch(trouble);
  const reset = () => post("/chat/reset").catch(trouble);
  const label = installed ? `Remove ${state.bot.name} from this chat` : `Add ${state.bot.name} to this chat`;
  const items = [
    { label, detail: "as Teams tells the bot", onselect: change },
    { label: "Clear all chats", detail: "of everybody", onselect: reset },
  ];
  openMenu(byId("chat-menu"), items, "More options");
}

// What the stream brings

function listen() {
  stream?.close();
  stream = new EventSource(`/chat/stream?as=${state.me.key}`);
  const on = (name, handle) => stream.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  const reload = () => Promise.all([loadConversations(), loadMessages(currentPane())]).catch(trouble);
  on("hello", () => reload().then(() => (app.dataset.ready = state.me.key))); // scripts wait for it
  on("message", received);
  on("typing", showTyping);
  on("membership", () => loadConversations().then(showTop, trouble));
  on("reset", () => {
    panes.forEach((pane) => pane.clear());
    reload();
  });
}

function received(message) {
  const conversation = conversationById(message.conversation);
  const here = message.conversation === state.current.id;
  const isNew = message.version === 1 && !message.personalView && isLater(message, conversation);
  if (here) showHere(message);
  if (isNew) noteNew(message, conversation, here);
  else noteChange(message, conversation);
}

/** An edit is no news: only the line in the list changes. */
function noteChange(message, conversation) {
  if (conversation.last?.id !== message.id || conversation.last.preview === message.preview) return;
  conversation.last.preview = message.preview;
  showChats(open);
}

const isLater = (message, { last }) => !last || Number(message.id) > Number(last.id);

function showHere(message) {
  const pane = currentPane();
  const isNew = pane.apply(message);
  if (!isNew) return;
  if (isFromMe(message)) pane.toEnd();
  else stopTyping(message.sender);
  showNewer(pane, !pane.atEnd);
}

function noteNew(message, conversation, here) {
  conversation.last = { id: message.id, sender: message.sender, at: message.at, preview: message.preview };
  if (!isFromMe(message)) {
    announce(`${personByKey(message.sender).name}: ${wordsOf(message.preview)}`);
    if (here && !document.hidden) markRead().catch(trouble);
    else conversation.unread += 1;
    if (!here || document.hidden || isBotNews(message)) toastMessage(message, open);
  }
  showChats(open);
}

/** The bot speaks up by itself, not in answer to what one just did. */
const isBotNews = (message) => message.sender === state.bot.key && Date.now() - state.lastDeed > OWN_ANSWER;

function showNewer(pane, arrived = false) {
  if (pane !== currentPane()) return;
  byId("newer").hidden = pane.atEnd || !(arrived || !byId("newer").hidden);
}

// Typing

function showTyping({ conversation, who }) {
  if (conversation !== state.current.id || who === state.me.key) return;
  clearTimeout(typists.get(who));
  typists.set(who, setTimeout(() => stopTyping(who), 6000));
  drawTyping();
}

function stopTyping(who) {
  for (const one of who ? [who] : [...typists.keys()]) {
    clearTimeout(typists.get(one));
    typists.delete(one);
  }
  drawTyping();
}

function drawTyping() {
  const names = [...typists.keys()].map((key) => personByKey(key).name);
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  byId("typing").replaceChildren(...(names.length ? [dots, `${names.join(" and ")} is typing…`] : []));
}

// Parts of the page: one at a time on a phone, side by side elsewhere

const showPart = (part) => (app.dataset.pane = part);

function toggleTenant() {
  const isPhone = matchMedia("(max-width: 720px)").matches;
  if (isPhone) showPart(app.dataset.pane === "tenant" ? "thread" : "tenant");
  else app.classList.toggle("tenant-toggled");
}

document.addEventListener("visibilitychange", () => !document.hidden && state.current && markRead().catch(trouble));

start().catch(trouble);
