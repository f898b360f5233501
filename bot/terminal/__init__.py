"""What `python -m bot.cli` does: one module a group of commands. The chat's own checks and writes are behind them."""
