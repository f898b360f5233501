// A card's JSON as the renderer needs it, and what a walk through such JSON looks like.

/** Every object in a card's JSON. */
export function* walk(node) {
  if (Array.isArray(node)) for (const one of node) yield* walk(one);
  else if (node && typeof node === "object") {
    yield node;
    for (const value of Object.values(node)) yield* walk(value);
  }
}

/** A copy in which two weak points of the renderer (3.0.6) are evaded. */
export function prepare(json) {
  const copy = structuredClone(json);
  for (const node of walk(copy)) {
    // Fluent icon names on buttons (icon:Calendar) are no pictures to it: they would leave a hole.
    if (String(node.iconUrl).startsWith("icon:")) delete node.iconUrl;
    // A searchable list shows its value as it is, instead of the title of that choice.
    if (node.type === "Input.ChoiceSet" && node.style === "filtered") node.value = titleOf(node, node.value);
  }
  return copy;
}

const titleOf = (node, value) => node.choices?.find((choice) => choice.value === value)?.title ?? value;
