"""What a command or a button does: one short module each. No Teams SDK, no Graph SDK, no engine."""
