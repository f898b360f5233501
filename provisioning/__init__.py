"""What is true about provisioning a mailbox without Teams, Graph or a job engine. Standard library only."""
