"""System calls that no notebook makes by mistake: refused by the submission's init process, which takes note of them.

The filter passes such a call to a listener (``SECCOMP_RET_USER_NOTIF``, see seccomp_unotify(2)). The listener is handed
to init before any of the student's code runs, and has one answer: not permitted. Were it closed, the kernel would
refuse the calls by itself. The first call of each name is written to a pipe to the trusted side, so that a person can
be told.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
from collections.abc import Mapping

TELLING_CALLS = (  # noqa: SIM905 (words read better than a list of fifty lines)
    # other processes' memory
    "ptrace process_vm_readv process_vm_writev process_madvise kcmp pidfd_getfd "
    # mounts and namespaces
    "mount umount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr "
    "unshare setns "
    # the kernel's keys, programs and counters
    "add_key request_key keyctl bpf perf_event_open userfaultfd "
    # the machine
    "acct init_module finit_module delete_module kexec_load kexec_file_load reboot swapon swapoff settimeofday "
    "clock_settime clock_adjtime adjtimex sethostname setdomainname syslog quotactl nfsservctl lookup_dcookie "
    "iopl ioperm open_by_handle_at fanotify_init vhangup"
).split()
"""None of them has a use in a notebook, so a person should know of submissions that call them."""
OF_NAMESPACES = "clone"
"""The call that starts processes; with a request for a namespace it is refused and reported."""

_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
"""Requests of ioctl: the numbers of x86-64 and ARM."""
_NOTIFICATION_BYTES = 80
_CALL = struct.Struct("<Q8xi")
"""Of a notification: its id, and the number of the call."""
_ANSWER = struct.Struct("<QqiI")
_MOST_READ = 4096

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def load_listening(number: int, program: bytes) -> int | None:
    """Load a filter into this thread.

    Parameters
    ----------
    number : int
        That of the system call ``seccomp`` on this machine.
    program : bytes
        The filter, as instructions of the kernel's.

    Returns
    -------
    int or None
        The listener. None, and nothing is loaded, where there is one already, as in some containers, or where the
        kernel knows none.
    """
    filter_ = _Program(len(program) // 8, program)
    listener: int = _libc.syscall(number, _SET_MODE_FILTER, _NEW_LISTENER, ctypes.byref(filter_))
    return listener if listener >= 0 else None


def hand_over(channel: socket.socket, listener: int | None) -> None:
    """Give the listener away, so that no process of the student's has it.

    Parameters
    ----------
    channel : socket
        To init; closed.
    listener : int or None
        The listener, if there is one; closed.
    """
    socket.send_fds(channel, [b"l"], [] if listener is None else [listener])
    channel.close()
    if listener is not None:
        os.close(listener)


def take_over(channel: socket.socket) -> int | None:
    """Take the listener from the kernel's process, in init.

    Parameters
    ----------
    channel : socket
        From the process; closed.

    Returns
    -------
    int or None
        The listener; None where there is none, or the process has ended.
    """
    with channel:
        _, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    return descriptors[0] if descriptors else None


class Refusals:
    """Refuses the system calls that a listener receives.

    Parameters
    ----------
    listener : int or None
        The listener; None tells nothing.
    report : int
        A pipe, which gets the name of each call that was refused, once.
    names : mapping
        Those of the calls, by their number.
    """

    def __init__(self, listener: int | None, report: int, names: Mapping[int, str]) -> None:
        self._listener, self._report, self._names = listener, report, dict(names)
        self._poll = select.poll()
        if listener is not None:
            self._poll.register(listener, select.POLLIN)

    @property
    def descriptors(self) -> set[int]:
        """Objects that have to stay open."""
        return {self._report} | ({self._listener} if self._listener is not None else set())

    def serve_until(self, descriptor: int) -> None:
        """Refuse calls until there is something to be read.

        Parameters
        ----------
        descriptor : int
            From where.
        """
        self._poll.register(descriptor, select.POLLIN)
        ready: dict[int, int] = {}
        while descriptor not in ready:
            ready = dict(self._poll.poll())
            if self._listener is not None and self._listener in ready:
                self._refuse(self._listener, ready[self._listener])
        self._poll.unregister(descriptor)

    def _refuse(self, listener: int, events: int) -> None:
        if not events & select.POLLIN:  # all processes that could call have ended
            self._poll.unregister(listener)
            self._listener = None
            return
        notification = bytearray(_NOTIFICATION_BYTES)
        with contextlib.suppress(OSError):  # the caller has been killed meanwhile
            fcntl.ioctl(listener, _RECEIVE, notification)
            caller, number = _CALL.unpack_from(notification)
            if name := self._names.pop(number, ""):
                os.write(self._report, f"{name}\n".encode())
            fcntl.ioctl(listener, _SEND, _ANSWER.pack(caller, 0, -errno.EPERM, 0))


def read_refused(report: int) -> set[str]:
    """Read which calls have been refused, on the trusted side.

    Parameters
    ----------
    report : int
        The other end of the pipe; it does not block.

    Returns
    -------
    set of str
        Their names.
    """
    text = b""
    with contextlib.suppress(BlockingIOError):
        while len(text) < _MOST_READ and (part := os.read(report, _MOST_READ)):
            text += part
    return {*TELLING_CALLS, OF_NAMESPACES}.intersection(text.decode("ascii", "replace").split())
