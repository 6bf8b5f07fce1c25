"""Grader of the assignment ``softmax``: probabilities, their logarithms, and the softmax loss."""
