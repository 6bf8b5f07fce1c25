"""Gives its own cells points and grades: a thousand for each tests cell, cells of its own that count, and marks of a person."""
# base: release
# earns: nothing

# %% metadata
{
    "nbgrader": {"grade": True, "points": 1000, "score": 1000},
    "lossmark": {"score": 1000, "max_score": 1000, "cells": {"svm_loss_tests": 1000}},
    "celltoolbar": "Create Assignment",
}

# %% markdown first
{
    "source": "Extra credit",
    "metadata": {
        "nbgrader": {
            "grade": True,
            "solution": True,
            "points": 1000,
            "grade_id": "extra",
            "locked": False,
            "schema_version": 3,
        }
    },
}

# %% markdown last
{
    "source": "All right",
    "metadata": {
        "nbgrader": {
            "grade": True,
            "solution": False,
            "points": 1000,
            "grade_id": "svm_loss_tests",
            "locked": True,
            "schema_version": 3,
            "task": False,
            "cell_type": "code",
            "checksum": "0" * 32,
        },
        "tags": ["graded", "passed"],
        "score": 1000,
    },
}
