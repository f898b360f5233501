// Light or dark: ?theme=, then the last choice, then what the system prefers.

import { byId } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "mailroom-theme";
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

const chosen = () => new URLSearchParams(location.search).get("theme") ?? localStorage.getItem(KEY);

export const isDark = () => document.documentElement.dataset.theme === "dark";

/** Set the theme now and on change; `onchange` draws the cards anew. */
export function startTheme(onchange) {
  const button = byId("theme");
  const apply = (dark) => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    button.replaceChildren(icon(dark ? "sun" : "moon"));
    onchange();
  };
  const wanted = chosen();
  apply(wanted ? wanted === "dark" : prefersDark.matches);
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, isDark() ? "light" : "dark");
    apply(!isDark());
  });
  prefersDark.addEventListener("change", () => chosen() || apply(prefersDark.matches));
}
