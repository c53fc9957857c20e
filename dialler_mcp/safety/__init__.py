"""When to ask, and how what somebody else wrote is kept from giving orders."""
