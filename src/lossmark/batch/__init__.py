"""A whole class at once: on long-lived workers of this machine or of a cluster."""
