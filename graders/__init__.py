"""The graders of the course, one package per assignment: reference, checks, misconceptions and alternatives."""
