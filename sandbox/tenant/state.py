"""The simulated tenant: everything that lives as long as the process."""


class Tenant:
    """Filled in below; the key file needs the name."""
