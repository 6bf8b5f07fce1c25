"""Graders of the graders: synthetic classes, wrong and right versions, mutants."""
