"""Grader of the assignment ``sgd``: random search, gradient descent, minibatches, update rules, a linear classifier."""
