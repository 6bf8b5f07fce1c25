"""The report of a class: the state of each submission, the frequency of mistakes, similar submissions.

Read `report` first: it goes from `state`, which reads each submission and changes nothing, over `figures`, which
counts, to `page`, which writes. `similarity` compares students' texts, `side_by_side` shows two of them.
"""
