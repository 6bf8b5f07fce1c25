"""Grader of the assignment ``regularization``: penalties, their gradients, the full loss, ridge and lasso."""
