"""Microsoft Graph v1.0 over the simulated tenant: routes and answers."""
