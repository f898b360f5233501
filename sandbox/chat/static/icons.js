// The icons of the page and of the cards' Icon element: line drawings on a 20 x 20 grid.

const SHAPES = {
  back: "M12.5 4.5 7 10l5.5 5.5",
  chevron: "M5.5 8 10 12.5 14.5 8",
  send: "M3.5 4 17 10 3.5 16l1.8-6zM5.3 10H11",
  at: "M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zM13 7v4a2 2 0 0 0 4 0v-1a7 7 0 1 0-3 5.7",
  sun: "M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM10 2.2v1.6M10 16.2v1.6M2.2 10h1.6M16.2 10h1.6M4.5 4.5l1.1 1.1M14.4 14.4l1.1 1.1M4.5 15.5l1.1-1.1M14.4 5.6l1.1-1.1",
  moon: "M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5z",
  panel: "M3.5 4.5h13v11h-13zM12 4.5v11",
  more: "M5 9.5a.5.5 0 1 1 0 1 .5.5 0 0 1 0-1zM10 9.5a.5.5 0 1 1 0 1 .5.5 0 0 1 0-1zM15 9.5a.5.5 0 1 1 0 1 .5.5 0 0 1 0-1z",
  attach: "M14.5 8.5 9 14a3 3 0 0 1-4.2-4.2l6-6a2 2 0 0 1 2.9 2.9l-5.8 5.7a1 1 0 0 1-1.4-1.4L11.5 6",
  document: "M5.5 3h6l3.5 3.5V17h-9.5zM11.5 3v3.5H15",
  close: "M5.5 5.5l9 9M14.5 5.5l-9 9",
  copy: "M7 7h8.5v9.5H7zM12.5 7V3.5H4V13h3",
  search: "M8.5 3.5a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM12.2 12.2l4.3 4.3",
  check: "M4.5 10.5 8.5 14.5 15.5 6",
};

// Names that Teams' cards use (Fluent icons), as far as the cards here need them.
const CARD_SHAPES = {
  Checkmark: SHAPES.check,
  CheckmarkCircle: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM6.8 10.2 9 12.4l4.2-4.6",
  DismissCircle: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM7.5 7.5l5 5M12.5 7.5l-5 5",
  ErrorCircle: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM10 6.5v4.2M10 13.4h.01",
  Warning: "M10 3.5 17.5 16.5h-15zM10 8v4M10 14.3h.01",
  Info: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM10 9.2v4.3M10 6.6h.01",
  ArrowSyncCircle: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM13.2 9A3.3 3.3 0 0 0 7 8.6M6.8 11A3.3 3.3 0 0 0 13 11.4M7 6.8V8.8H9M13 13.2V11.2H11",
  SubtractCircle: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM7 10h6",
  Circle: "M10 2.8a7.2 7.2 0 1 1 0 14.4 7.2 7.2 0 0 1 0-14.4z",
  Clock: "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM10 6v4.3l2.7 1.6",
  Hourglass: "M6 3.5h8M6 16.5h8M6.8 3.5c0 4 6.4 5 6.4 13M13.2 3.5c0 4-6.4 5-6.4 13",
  ArrowSync: "M16 8A6.3 6.3 0 0 0 4.6 7M4 12a6.3 6.3 0 0 0 11.4 1M4.5 3.5V7H8M15.5 16.5V13H12",
  Mail: "M3.5 5.5h13v9h-13zM3.5 6.5 10 11l6.5-4.5",
  Person: "M10 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM4 16.5c0-3.2 2.6-5 6-5s6 1.8 6 5",
  PersonAdd: "M8.5 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM3 16.5c0-3.2 2.3-5 5.5-5M14 11.5v5M11.5 14h5",
  Key: "M12.5 4a3.5 3.5 0 1 1-3 5.3L4 14.5V17h2.5v-2H8v-1.8l2-1.9M13.2 7h.01",
  Certificate: "M10 3.5a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM7.5 11v5.5l2.5-1.6 2.5 1.6V11",
  Calendar: "M3.5 5h13v11.5h-13zM3.5 8.5h13M7 3v3M13 3v3",
  Document: "M5.5 3h6l3.5 3.5V17h-9.5zM11.5 3v3.5H15",
  Search: SHAPES.search,
  Settings: "M10 7.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM10 3v2M10 15v2M3 10h2M15 10h2M5 5l1.5 1.5M13.5 13.5 15 15M5 15l1.5-1.5M13.5 6.5 15 5",
  Link: "M8.5 11.5l3-3M9 6.5l1.5-1.5a3.2 3.2 0 0 1 4.5 4.5L13.5 11M11 13.5 9.5 15A3.2 3.2 0 0 1 5 10.5L6.5 9",
  Copy: SHAPES.copy,
};

const SPACE = "http://www.w3.org/2000/svg";
const RING = "M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16z";

function line(path, name) {
  const made = document.createElementNS(SPACE, "path");
  made.setAttribute("d", path);
  made.classList.add(name);
  return made;
}

function draw(lines, size) {
  const svg = document.createElementNS(SPACE, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("width", size);
  svg.setAttribute("height", size);
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("line-icon");
  svg.append(...lines);
  return svg;
}

export const icon = (name, size = 20) => draw([line(SHAPES[name], "stroke")], size);

/** A card's icon; a name that is not known becomes a plain circle. A filled one is a disc with its sign cut out. */
export function cardIcon(name, size, filled) {
  const path = CARD_SHAPES[name] ?? CARD_SHAPES.Circle;
  if (!filled || !path.startsWith(RING)) return draw([line(path, "stroke")], size);
  return draw([line(RING, "disc"), line(path.slice(RING.length), "cut")], size);
}
