// Times in the person's own language (and the browser's time zone, as the cards' dates are); avatars.

import { el } from "./dom.js";
import { state } from "./state.js";

const COLORS = ["#8764b8", "#0f7b6c", "#b1560f", "#3b6fb6", "#a4262c"];

const format = (iso, options) =>
  new Intl.DateTimeFormat(state.me.locale, options).format(new Date(iso));

export const time = (iso) => format(iso, { hour: "numeric", minute: "2-digit" });
export const day = (iso) => format(iso, { weekday: "long", day: "numeric", month: "long" });
export const full = (iso) => format(iso, { dateStyle: "full", timeStyle: "medium" });

/** For the chat list: the time when it was today, the day otherwise. */
export function short(iso) {
  const today = day(new Date().toISOString()) === day(iso);
  return today ? time(iso) : format(iso, { day: "numeric", month: "numeric" });
}

const initials = (name) =>
  name
    .split(" ")
    .map((word) => word[0])
    .slice(0, 2)
    .join("");

/** A round picture with initials; the bot's is a square with its sign, as apps have in Teams. */
export function avatar(someone, size = 32) {
  const isBot = someone.key === state.bot.key;
  const made = el("span", { class: `avatar${isBot ? " bot" : ""}`, "aria-hidden": "true" });
  made.style.setProperty("--size", `${size}px`);
  if (isBot) return made;
  const place = state.people.findIndex((person) => person.key === someone.key);
  made.style.backgroundColor = place < 0 ? "#616161" : COLORS[place % COLORS.length];
  made.textContent = initials(someone.name);
  return made;
}
