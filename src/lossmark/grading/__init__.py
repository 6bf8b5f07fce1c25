"""The core: the checks of an assignment, what a failed one says, and one notebook from file to score."""
