"""The instant check: a service of a JupyterHub that runs the hidden checks on a student's saved notebook.

Read `app` first, its pages, then the way of a request: `contents` fetches the notebook, `ledger` keeps who waits,
`checking` runs what is next. `settings` are the instructor's.
"""
