"""A submission's notebook: read, laid out and run in student kernels, in the hand of the grader.

Read `notebook` first (from a file to cells), then `run` (cells in order, with a new kernel for a lost one) and `kernel`
(one of them, whose output goes through `relay` and `outputs`). `opening` and `illustrations` avoid unnecessary work.
"""
