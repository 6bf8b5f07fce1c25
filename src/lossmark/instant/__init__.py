"""The instant check: a service of a JupyterHub that runs the hidden checks on a student's saved notebook."""
