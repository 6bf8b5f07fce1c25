"""The boundary: what a check sees of a submission, and the format and the line by which the two sides talk.

Read `submission` first, the trusted side, then `agent`, which answers beside the student's code; `wire` is what they
send each other, `questions` the line that it goes over, `deadlines` how long one is waited for.
"""
