"""The edge: the process, the Bot Framework, and where everything meets. Alone imports botbuilder or the Agents SDK."""
