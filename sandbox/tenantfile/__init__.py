"""Tenants of somebody else's making: raw Graph resources and mailbox states in JSON (docs/sandbox-tenants.md)."""
