"""Writes 320 MB wherever it may write, in one file and in many, and does not tidy up."""
# base: solution
# earns: all

# %% first
import os
import resource
import shutil

reached = ("reach" + "ed").upper()
LIMIT = (256 + 64 + 16) * 2**20  # /tmp and shared memory, and what is there already
written = 0
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/"):
    for number in range(40):
        try:
            with open(os.path.join(folder, f"filler-{number}"), "wb") as file:
                for _ in range(16):
                    written += file.write(bytes(2**19))
                    file.flush()
        except OSError as error:
            print(folder, number, error)
            break
print(f"{written / 2**20:.0f} MB written")
if written > LIMIT:
    print(reached, written, "bytes")
if resource.getrlimit(resource.RLIMIT_FSIZE)[1] in (resource.RLIM_INFINITY, 0):
    print(reached, "files of any size")
shutil.rmtree("/tmp/.ipython", ignore_errors=True)

# %% last
for number in range(20_000):
    try:
        open(f"/tmp/empty-{number}", "w").close()
    except OSError as error:
        print(number, error)
        break
else:
    print(reached, "any number of files")
for folder in ("/tmp", "/dev/shm"):
    for name in os.listdir(folder):
        if name.startswith(("filler", "empty")):
            os.unlink(os.path.join(folder, name))
