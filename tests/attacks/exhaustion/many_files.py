"""Makes files until there is no room for their names: empty ones, folders in folders, long names, links."""
# base: solution
# earns: all

# %% first
import contextlib
import os

made = 0
with contextlib.suppress(OSError):
    for made in range(100_000):
        os.close(os.open(f"/tmp/{made:05d}" + "x" * 200, os.O_CREAT))
print(made < 5_000)

# %% first
with contextlib.suppress(OSError):
    os.makedirs("/dev/shm/deep")
    os.chdir("/dev/shm/deep")
    for _ in range(3_000):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
with contextlib.suppress(OSError):
    for number in range(100_000):
        os.symlink("/dev/shm" * 100, f"/dev/shm/link{number}")
os.chdir("/tmp")
for name in os.listdir("/tmp"):
    with contextlib.suppress(OSError):
        os.unlink(name)
