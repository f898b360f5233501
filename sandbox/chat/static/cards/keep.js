// What a person did to a card that is about to be drawn anew: typed values, opened parts, focus.

import { walk } from "./prepare.js";

const nameOf = (action) => action.id || action.title;
const isInput = (node) => typeof node.type === "string" && node.type.startsWith("Input.");

export class Kept {
  constructor() {
    this.typed = new Map(); // input id -> value that the person changed
    this.shown = new Map(); // element id -> visible or not, where the person toggled it
    this.opened = new Set(); // names of opened Action.ShowCards
  }

  /** Listen to a card that has just been drawn. */
  watch(card) {
    card.onInputValueChanged = (input) => input.id && this.typed.set(input.id, input.value ?? "");
    card.onElementVisibilityChanged = (element) => element.id && this.shown.set(element.id, element.isVisible);
    card.onInlineCardExpanded = (action, isOpen) =>
      isOpen ? this.opened.add(nameOf(action)) : this.opened.delete(nameOf(action));
  }

  /** The card's JSON with what was typed and toggled put in; nothing for ids that it does not have. */
  applyTo(json) {
    const copy = structuredClone(json);
    for (const node of walk(copy)) {
      if (isInput(node) && this.typed.has(node.id)) node.value = asValue(node, this.typed.get(node.id));
      if (node.id && this.shown.has(node.id) && !isInput(node)) node.isVisible = this.shown.get(node.id);
    }
    return copy;
  }

  /** Open again the parts that were open. */
  reopen(card) {
    const names = [...this.opened];
    this.opened.clear();
    for (const action of new Set(card.getAllActions())) {
      if (action.getJsonTypeName() === "Action.ShowCard" && names.includes(nameOf(action))) action.renderedElement?.click();
    }
  }
}

const asValue = (node, value) => (node.type === "Input.Number" ? Number(value) : value);

/** Which field or button of `card` has the focus, so that `refocus` can give it back. */
export function focusIn(card, element) {
  const active = document.activeElement;
  if (!card || !element.contains(active)) return null;
  const input = card.getAllInputs().find((one) => one.renderedInputControlElement?.contains(active));
  const selection = "selectionStart" in active && active.type === "text" ? [active.selectionStart, active.selectionEnd] : null;
  return { input: input?.id, words: active.textContent.trim(), tag: active.tagName, selection };
}

export function refocus(card, element, focus) {
  if (!focus) return;
  const input = focus.input && card.getAllInputs().find((one) => one.id === focus.input);
  const control = input?.renderedInputControlElement;
  const field = control?.matches("input, select, textarea") ? control : control?.querySelector("input, select, textarea");
  const same = [...element.querySelectorAll("button, [tabindex]")].find(
    (one) => !focus.input && one.tagName === focus.tag && one.textContent.trim() === focus.words,
  );
  const target = field ?? same ?? element;
  target.focus({ preventScroll: true });
  if (field && focus.selection) field.setSelectionRange(...focus.selection);
}
