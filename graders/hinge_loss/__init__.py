"""Grader of the assignment ``hinge_loss``: the multiclass hinge loss and its square."""
