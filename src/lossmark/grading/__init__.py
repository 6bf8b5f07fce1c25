"""The core: the checks of an assignment, what a failed one says, and one notebook from file to score.

Read `pipeline` first, the way of a notebook, then `graders`, which loads the checks (collected through `pytest_plugin`)
and runs them. `diagnosis` and `description` say what a failed one means, `report` and `pictures` show it.
"""
