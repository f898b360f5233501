// Files in a chat: what is attached to a message, what a bot asks to put into one's OneDrive, and what it put there.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const ATTACHED = "application/vnd.microsoft.teams.file.download.info";
const CONSENT = "application/vnd.microsoft.teams.card.file.consent";
const INFO = "application/vnd.microsoft.teams.card.file.info";

export const isFile = ({ contentType }) => [ATTACHED, CONSENT, INFO].includes(contentType);

/** `onanswer` gets "accept" or "decline", and resolves once Teams has told the bot. */
export function fileElement(attachment, onanswer) {
  if (attachment.contentType === CONSENT) return consent(attachment, onanswer);
  const url = attachment.content?.downloadUrl ?? attachment.contentUrl;
  const link = el("a", { href: safe(url), download: attachment.name, class: "file-name" }, attachment.name);
  return el("div", { class: "file" }, icon("document"), link);
}

function consent({ name, content }, onanswer) {
  const said = el("div", { class: "file-said", role: "status" });
  const answer = async (word) => {
    buttons.forEach((button) => button.setAttribute("disabled", ""));
    said.textContent = word === "accept" ? "Uploading…" : "";
    try {
      await onanswer(word);
    } catch (error) {
      said.textContent = error.message;
      buttons.forEach((button) => button.removeAttribute("disabled"));
    }
  };
  const make = (label, word) => el("button", { type: "button", class: `file-${word}`, onclick: () => answer(word) }, label);
  const buttons = [make("Allow", "accept"), make("Decline", "decline")];
  const size = `${Math.max(1, Math.round((content?.sizeInBytes ?? 0) / 1024))} KB`;
  return el(
    "div",
    { class: "file consent" },
    el("div", { class: "file-head" }, icon("document"), el("span", { class: "file-name" }, name), el("small", {}, size)),
    el("p", {}, content?.description ?? ""),
    el("div", { class: "file-buttons" }, ...buttons),
    said,
  );
}

/** What the person chose in the file dialog, as the chat API takes it. */
export async function readFile(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { name: file.name, content: btoa(binary) };
}

/** Only links of the sandbox itself. */
const safe = (url) => (new URL(url ?? "", location.href).origin === location.origin ? url : undefined);
