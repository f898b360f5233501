"""The sandbox's own controls under /sandbox/: look at the tenant, move its clock, put faults in its way."""
