"""The Teams app: its manifest, its icons, and what makes the package of them (`make package`)."""
