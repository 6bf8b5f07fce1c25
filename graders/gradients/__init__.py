"""Grader of the assignment ``gradients``: numerical derivatives, and the two losses with their gradients."""
