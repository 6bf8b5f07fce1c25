"""The report of a class: how each submission stands, what went wrong how often, who resembles whom.

Read `report` first: it goes from `state`, which reads each submission and changes nothing, over `figures`, which
counts, to `page`, which writes. `similarity` compares what students wrote, `side_by_side` shows two of them.
"""
