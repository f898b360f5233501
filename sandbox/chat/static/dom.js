// Small helpers for building the page without a framework.

/** An element: el("p", {class: "x", onclick: f, hidden: true}, "text", child). Falsy children are left out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const byId = (id) => document.getElementById(id);

/** Say something to screen readers only. */
export function announce(words) {
  byId("announce").textContent = words;
}
