// A pop-up menu by mouse and keyboard.

import { el } from "./dom.js";

let open = null;

export function closeMenu() {
  if (!open) return;
  const { menu, anchor } = open;
  open = null;
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
}

/** items: [{label, detail?, picture?, badge?, checked?, onselect}]; `checked` makes it a choice. */
export function openMenu(anchor, items, label) {
  if (open?.anchor === anchor) return closeMenu();
  closeMenu();
  const entries = items.map((item) => entry(item, anchor));
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, onkeydown: (e) => move(e, entries, anchor) });
  menu.append(...entries);
  document.body.append(menu);
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  open = { menu, anchor };
  (entries.find((one) => one.getAttribute("aria-checked") === "true") ?? entries[0]).focus();
}

function entry(item, anchor) {
  const role = item.checked === undefined ? "menuitem" : item.choice ? "menuitemcheckbox" : "menuitemradio";
  const choose = () => {
    closeMenu();
    anchor.focus();
    item.onselect();
  };
  return el(
    "button",
    { type: "button", role, "aria-checked": item.checked === undefined ? null : String(item.checked), onclick: choose },
    item.picture,
    el("span", { class: "menu-words" }, item.label, item.detail && el("small", {}, item.detail)),
    item.badge > 0 && el("span", { class: "badge" }, String(item.badge)),
  );
}

function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, window.innerWidth - menu.offsetWidth - 8));
  const below = box.bottom + 4;
  const top = below + menu.offsetHeight > window.innerHeight ? box.top - menu.offsetHeight - 4 : below;
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, top)}px`;
}

function move(event, entries, anchor) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape" || event.key === "Tab") {
    closeMenu();
    anchor.focus();
  } else if (step) {
    const at = entries.indexOf(document.activeElement);
    entries[(at + step + entries.length) % entries.length].focus();
    event.preventDefault();
  }
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.menu.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
});
