"""A Teams-like chat page for the sandbox, and the HTTP API behind it that tests can drive without a browser."""
