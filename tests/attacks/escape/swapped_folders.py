"""Swaps folders under the sandbox's feet: renames, bind mounts, changed roots, over-long and odd names."""
# base: solution
# earns: all

# %% first
import os
import shutil

reached = ("reach" + "ed").upper()
for folder in ("/tmp/../run", "/run/lossmark", "/run/fonts", "/dev", "/proc", "/usr", "/etc"):
    for change in (
        lambda path: os.rename(path, path + "-moved"),
        lambda path: os.rmdir(path),
        lambda path: os.mkdir(path + "/made-by-student"),
        lambda path: os.chmod(path, 0o777),
        lambda path: os.symlink("/tmp", path + "/linked"),
    ):
        try:
            change(folder)
            print(reached, folder)
        except OSError:
            continue
deep = "/tmp"
try:
    for _ in range(60):
        deep = os.path.join(deep, "d" * 200)
        os.mkdir(deep)
        os.chdir(deep)
        deep = "."
except OSError as error:
    print(error)
os.chdir("/tmp")
for name in (
    "a\nb",
    "..\\..",
    "~root",
    "-rf",
    "$(touch x)",
    "*",
    "\x1b]0;title\x07",
    "gradebook.db",
    "results.json",
    ".",
):
    try:
        with open(os.path.join("/tmp", name), "w") as file:
            file.write(name)
    except OSError:
        continue
for folder in ("/", "/usr", "/tmp"):
    try:
        os.chroot(folder)
        print(reached, "chroot", folder)
    except OSError:
        continue
shutil.rmtree("/tmp", ignore_errors=True)
