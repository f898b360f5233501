"""The Bot Connector as a bot sees it: conversations, activities and members over REST, with faults on demand."""
