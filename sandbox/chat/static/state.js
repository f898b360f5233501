// What the page knows. Changed in main.js; read everywhere.

export const state = {
  people: [],
  bot: null,
  me: null, // the person one is
  conversations: [],
  current: null, // the open conversation
  lastDeed: 0, // when this person last sent or clicked something here
};

export const personByKey = (key) =>
  key === state.bot?.key ? state.bot : (state.people.find((person) => person.key === key) ?? { key, name: key });

export const conversationById = (id) => state.conversations.find((one) => one.id === id);

/** The short name of a conversation in links: personal, group or channel. */
export const aliasOf = (conversation) => (conversation.kind === "groupChat" ? "group" : conversation.kind);

export const deed = () => {
  state.lastDeed = Date.now();
};
