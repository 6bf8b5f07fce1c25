"""A whole class at once: on long-lived workers of this machine or of a cluster.

Read `autograde` first: what is due, and each result written as it comes. It hands orders to `dispatch`, which knows
what to do when workers are lost, and that to a pool: `pools` on this machine, `dask_pool` elsewhere. `worker` is what
runs there, on a `parcel` of the course.
"""
