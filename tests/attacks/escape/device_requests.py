"""Asks every device and every open file for what only drivers know: typed keys, raw disks, modes of terminals."""
# base: solution
# earns: all

# %% first
import contextlib
import fcntl
import os
import stat

reached = ("reach" + "ed").upper()
for folder, _, names in os.walk("/dev"):
    for name in names:
        path = os.path.join(folder, name)
        with contextlib.suppress(OSError):
            mode = os.stat(path).st_mode
            if stat.S_ISBLK(mode) or (
                stat.S_ISCHR(mode) and name in ("mem", "kmem", "port", "kvm", "fuse", "loop-control")
            ):
                os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
                print(reached, path)
for descriptor in map(int, os.listdir("/proc/self/fd")):
    for request, argument in ((0x5412, b"x"), (0x541C, b"\x03"), (0x5410, b"\1\0\0\0"), (0x40049409, b"\0\0\0\0")):
        try:
            fcntl.ioctl(descriptor, request, argument)
            print(reached, "a request", hex(request), "to", descriptor)
        except OSError:
            pass
for kind, number in ((0o60600, os.makedev(8, 0)), (0o20600, os.makedev(1, 1)), (0o20600, os.makedev(10, 229))):
    with contextlib.suppress(OSError):
        os.mknod("/tmp/device", kind, number)
        os.close(os.open("/tmp/device", os.O_RDWR))
        print(reached, "a device of its own")
