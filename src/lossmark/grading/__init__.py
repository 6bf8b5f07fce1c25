"""The core: the checks of an assignment, the explanation of a failed one, and one notebook from file to score.

Read `pipeline` first, the way of a notebook, then `graders`, which loads the checks (collected through `pytest_plugin`)
and runs them. `diagnosis` and `description` explain a failed one, `report` and `pictures` show it.
"""
