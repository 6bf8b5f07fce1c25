"""Graders of the graders: synthetic classes, wrong and right versions, mutants.

Read `roster` first, which makes notebooks with a known score; `scorecard` grades each version, `mutants` each small
change that `mutation` makes to a solution.
"""
