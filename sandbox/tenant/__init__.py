"""The state of the simulated tenant: users, licenses, mailboxes, health. No HTTP in here."""
