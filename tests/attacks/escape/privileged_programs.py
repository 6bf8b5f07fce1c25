"""Runs the programs that may do more than their user: su, sudo, mount, ping, newuidmap, crontab, at, docker."""
# base: solution
# earns: all

# %% first
import os
import stat
import subprocess

reached = ("reach" + "ed").upper()
TRIES = {
    "su": ["-c", "id -u", "root"], "sudo": ["-n", "id", "-u"], "pkexec": ["id", "-u"], "doas": ["id", "-u"],
    "newuidmap": ["1", "0", "0", "1"], "newgidmap": ["1", "0", "0", "1"], "mount": ["-t", "tmpfs", "x", "/tmp"],
    "fusermount": ["-u", "/"], "unshare": ["-r", "id", "-u"], "nsenter": ["-t", "1", "-a", "id", "-u"],
    "crontab": ["-l"], "at": ["now"], "docker": ["ps"], "systemctl": ["list-units"], "bwrap": ["--bind", "/", "/", "id"],
    "chroot": ["/", "id"], "passwd": ["-S"], "chsh": ["-s", "/bin/sh"], "ping": ["-c1", "-W1", "127.0.0.1"],
}  # fmt: skip
for folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/lib/openssh", "/usr/lib/dbus-1.0"):
    try:
        names = os.listdir(folder)
    except OSError:
        continue
    for name in names:
        path = os.path.join(folder, name)
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue
        if mode & (stat.S_ISUID | stat.S_ISGID) and os.access(path, os.X_OK):
            done = subprocess.run([path, *TRIES.get(name, ["--help"])], stdin=subprocess.DEVNULL, capture_output=True)
            print(path, done.returncode, done.stderr[:80])
for name, arguments in TRIES.items():
    try:
        done = subprocess.run([name, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=2, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(name, type(error).__name__)
        continue
    if done.returncode == 0 and (done.stdout.strip() == b"0" or name in ("mount", "docker", "bwrap", "ping")):
        print(reached, name, done.stdout[:200])
for path in ("/tmp/shell",):
    try:
        with open(path, "wb") as file:
            file.write(b"#!/bin/sh\nid -u\n")
        os.chown(path, 0, 0)
        os.chmod(path, 0o6755)
        print(reached, "a program of root's")
    except OSError as error:
        print(error)
