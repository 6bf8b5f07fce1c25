"""The instant check: a service of a JupyterHub that runs the hidden checks on a student's saved notebook.

Read `app` first, with its pages, then the path of a request: `contents` fetches the notebook, `ledger` keeps the queue,
`checking` runs the next check. `settings` are the instructor's.
"""
