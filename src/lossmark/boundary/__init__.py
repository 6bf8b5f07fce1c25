"""The boundary between checks and a submission: the wire format and the connection of the two sides.

Read `submission` first, the trusted side, then `agent`, which answers beside the student's code.
`wire` is the format of their messages, `questions` their connection and `deadlines` the time allowed.
"""
