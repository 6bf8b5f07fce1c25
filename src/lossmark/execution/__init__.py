"""A submission's notebook: read, laid out and run in student kernels, in the hand of the grader."""
