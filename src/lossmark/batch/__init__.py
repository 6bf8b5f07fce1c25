"""A whole class at once: on long-lived workers of this machine or of a cluster.

Read `autograde` first: it finds the submissions to grade, and writes each result as it arrives. It gives orders to
`dispatch`, which handles lost workers, and `dispatch` gives them to a pool: `pools` on this machine, `dask_pool`
elsewhere. `worker` is the code that runs there, on a `parcel` of the course.
"""
