// The panel beside the chat: the simulated tenant, its clock and scenarios, and what Graph was asked.

import { get, post } from "./api.js";
import { byId, el } from "./dom.js";
import { icon } from "./icons.js";
import { toastTrouble } from "./toasts.js";

const EVERY = 2000; // ms between looks
const SPEEDS = [1, 10, 60, 600, 3600];
const JUMPS = [
  ["10 min", 600],
  ["1 h", 3600],
  ["24 h", 86400],
];

const parts = {};
const drawn = new Map(); // what each part was drawn from, so that only changes redraw

export function startTenant({ onclose }) {
  const close = el("button", { type: "button", class: "icon-button", "aria-label": "Close the tenant panel", onclick: onclose });
  close.append(icon("close"));
  const title = el("header", {}, el("div", {}, el("h2", {}, "Simulated tenant"), el("p", {}, "Contoso · contoso.com")), close);
  byId("tenant").append(title, ...["bot", "clock", "users", "mails", "requests", "scenarios", "seats"].map(makePart));
  look();
  setInterval(look, EVERY);
}

const TITLES = { bot: "Bot", clock: "Clock", scenarios: "Scenarios", users: "Users", mails: "Sent mail", seats: "Licenses", requests: "Graph requests" };

function makePart(name) {
  parts[name] = el("div", { class: "part-body" });
  const isOpen = name !== "seats" && name !== "mails";
  return el("details", { class: `part part-${name}`, open: isOpen }, el("summary", {}, TITLES[name]), parts[name]);
}

async function look() {
  if (document.hidden || !byId("tenant").offsetParent) return;
  await Promise.allSettled([
    lookAt("/chat/bot", {}, (found) => draw("bot", found, drawBot)),
    lookAt("/sandbox/scenarios", {}, (found) => draw("scenarios", found, drawScenarios)),
    lookAt("/sandbox/mails", {}, (found) => draw("mails", found.mails, drawMails)),
    lookAt("/sandbox/requests", { limit: 30 }, (found) => draw("requests", found, drawRequests)),
    lookAt("/sandbox/state", {}, (found) => {
      draw("clock", found.clock, drawClock);
      draw("users", found.users, drawUsers);
      draw("seats", found.seats, drawSeats);
    }),
  ]);
}

/** A part that cannot be had now stays as it is; the bot's line tells when the sandbox is gone. */
async function lookAt(path, query, show) {
  try {
    show(await get(path, query));
  } catch {
    if (path === "/chat/bot") draw("bot", { up: false, url: "The sandbox does not answer." }, drawBot);
  }
}

function draw(name, data, make) {
  const text = JSON.stringify(data);
  if (drawn.get(name) === text) return;
  drawn.set(name, text);
  make(parts[name], data);
}

const change = (path, body) => () => post(path, body).then(look, (error) => toastTrouble(error.message));
const button = (words, onclick, attributes = {}) => el("button", { type: "button", onclick, ...attributes }, words);

function drawBot(part, { up, url }) {
  const words = up ? "Up" : "Down";
  part.replaceChildren(el("p", { class: `bot-state ${up ? "up" : "down"}` }, el("b", {}, words), el("small", {}, url)));
}

/** Only the time changes most of the time: the buttons keep their focus. */
function drawClock(part, { now, speed }) {
  if (!part.firstChild) {
    const speeds = SPEEDS.map((one) =>
      button(`${one}×`, change("/sandbox/clock", { speed: one }), { class: "chip", "data-speed": one, "aria-label": `Speed ${one} times` }),
    );
    const jumps = JUMPS.map(([words, seconds]) => button(`+ ${words}`, change("/sandbox/clock", { advance_seconds: seconds }), { class: "chip" }));
    part.append(
      el("time", { class: "clock-time" }),
      el("div", { class: "chips", role: "group", "aria-label": "Speed" }, speeds),
      el("div", { class: "chips", role: "group", "aria-label": "Advance the clock" }, jumps),
    );
  }
  const shown = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium", timeZone: "UTC" }).format(new Date(now));
  part.querySelector(".clock-time").textContent = `${shown} UTC`;
  for (const one of part.querySelectorAll("[data-speed]")) one.setAttribute("aria-pressed", String(Number(one.dataset.speed) === speed));
}

function drawScenarios(part, { scenarios, applied }) {
  const chips = scenarios.map(({ name, description }) => {
    const isOn = applied.includes(name);
    return button(name, change("/sandbox/scenarios", { name }), { class: "chip", title: description, "aria-pressed": String(isOn) });
  });
  const reset = button("Reset the tenant", change("/sandbox/reset", {}), { class: "chip reset" });
  part.replaceChildren(el("div", { class: "chips" }, chips, reset));
}

const MAILBOX_WORDS = { none: "No mailbox", ready: "Mailbox ready", preparing: "Preparing" };

function drawUsers(part, users) {
  const rows = users.map((user) => {
    const { state, never, readyAt } = user.mailbox;
    const words = never ? "Never becomes ready" : (MAILBOX_WORDS[state] ?? state.replaceAll("_", " "));
    const until = state === "preparing" && readyAt ? ` · ${readyAt.slice(11, 16)}` : "";
    const licenses = user.licenses.join(", ") || "No license";
    return el(
      "li",
      { class: `mailbox-${never ? "never" : state}` },
      el("b", {}, user.userPrincipalName),
      el("span", { class: "pill" }, `${words}${until}`),
      el("small", {}, `${user.displayName} · ${licenses}`),
    );
  });
  part.replaceChildren(el("ul", { class: "users" }, rows));
}

function drawSeats(part, seats) {
  const rows = seats.map((one) => el("li", {}, el("span", {}, one.name), el("small", {}, `${one.free} of ${one.enabled} free`)));
  part.replaceChildren(el("ul", { class: "seats" }, rows));
}

function drawMails(part, mails) {
  const rows = mails.slice(0, 30).map((one) =>
    el("li", {}, el("details", {}, el("summary", {}, el("b", {}, one.subject), el("small", {}, `to ${one.to.join(", ")}`)), el("pre", {}, one.text))),
  );
  part.replaceChildren(rows.length ? el("ul", { class: "mails" }, rows) : el("p", { class: "count" }, "None so far"));
}

function drawRequests(part, { total, recent }) {
  const rows = recent.slice(0, 30).map((one) =>
    el(
      "li",
      { title: `${one.path} ${one.code}`.trim() },
      el("code", { class: `method method-${one.method.toLowerCase()}` }, one.method),
      el("code", { class: "path" }, one.template),
      el("code", { class: `status ${one.status >= 400 ? "bad" : "fine"}` }, String(one.status)),
    ),
  );
  part.replaceChildren(el("p", { class: "count" }, `${total} so far`), el("ul", { class: "requests" }, rows));
}
