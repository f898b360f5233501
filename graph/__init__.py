"""The only speaker of Microsoft Graph: msgraph's builders below, plain dataclasses and typed errors above."""
