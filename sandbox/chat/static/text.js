// Message text and card markdown as safe HTML: markdown-it with HTML switched off does the escaping.

const openLinksOutside = (markdown) => {
  const draw = (tokens, place, options, _env, self) => self.renderToken(tokens, place, options);
  const linkOpen = markdown.renderer.rules.link_open ?? draw;
  markdown.renderer.rules.link_open = (tokens, place, options, env, self) => {
    tokens[place].attrSet("target", "_blank");
    tokens[place].attrSet("rel", "noopener noreferrer");
    return linkOpen(tokens, place, options, env, self);
  };
  return markdown;
};

const messageMarkdown = openLinksOutside(
  window.markdownit({ html: false, linkify: true, breaks: true }).disable(["table", "image"]),
);
const plain = openLinksOutside(
  window.markdownit("zero", { html: false, linkify: true, breaks: true }).enable(["newline", "linkify"]),
);
// The part of markdown that Teams draws in cards: emphasis, links and lists.
const cardMarkdown = openLinksOutside(
  window
    .markdownit({ html: false })
    .disable(["table", "image", "heading", "lheading", "code", "fence", "blockquote", "hr", "backticks", "html_block"]),
);

const MENTION = /&lt;at&gt;(.*?)&lt;\/at&gt;/g;
const withMentions = (html) => html.replace(MENTION, '<span class="mention">$1</span>');

/** HTML for a message's text. */
export function messageHtml(text, format) {
  if (format === "markdown") return withMentions(messageMarkdown.render(text));
  return withMentions(plain.render(format === "xml" ? withoutTags(text) : text));
}

/** HTML for a card's text; `names` are those whom the card mentions by its entities. */
export function cardHtml(text, names = []) {
  return cardMarkdown
    .render(text)
    .replace(MENTION, (whole, name) => (names.includes(name) ? `<span class="mention">${name}</span>` : whole));
}

/** The words of an HTML message, mentions kept. */
function withoutTags(html) {
  const marked = html.replace(/<at[^>]*>(.*?)<\/at>/gi, "\u0001$1\u0002").replace(/<br\s*\/?>|<\/p>|<\/div>/gi, "\n");
  const words = new DOMParser().parseFromString(marked, "text/html").body.textContent.trim();
  return words.replace(/\u0001/g, "<at>").replace(/\u0002/g, "</at>");
}

/** Just the words, for toasts and previews. */
export const wordsOf = (text) => text.replace(/<\/?at[^>]*>/gi, "").replace(/[*_`#]+/g, "").trim();
