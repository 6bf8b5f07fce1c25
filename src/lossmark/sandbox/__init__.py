"""The student kernel's walls.

`bubblewrap` draws the outer one around a *warmed* interpreter (`zygote`) in which nothing of a student's ever runs. For
each submission the interpreter forks; the fork builds the inner walls (`walls`) and becomes an IPython kernel
(`kernel`). On the trusted side a `Sandbox` (`host`) holds one such interpreter and takes its forks (`fork`), within
`limits`; `provisioner` offers them to jupyter_client. Read them in this order.
"""
