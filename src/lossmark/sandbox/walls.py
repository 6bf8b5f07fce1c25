"""The inner walls, which a fork builds around itself before it runs a student's code.

Only Linux's own means are used, through the C library and libseccomp: namespaces, resource limits, dropped
capabilities and a filter of system calls. Everything here runs inside the outer sandbox.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import mmap
import os
import platform
import resource
import signal
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from lossmark.sandbox.refusals import OF_NAMESPACES, TELLING_CALLS, load_listening

_libc = ctypes.CDLL(None, use_errno=True)

_CLONE_NEWNS = 0x00020000
_CLONE_NEWCGROUP = 0x02000000
_CLONE_NEWUTS = 0x04000000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWPID = 0x20000000
_CLONE_NEWNET = 0x40000000
_NAMESPACES = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC | _CLONE_NEWNET

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT, _MS_BIND, _MS_REC = 1, 2, 4, 8, 32, 4096, 16384

_MACHINE_FILES = ("cpuinfo", "meminfo", "stat", "uptime")
"""Files of /proc that psutil, numerical libraries and their compilers read to know the machine."""
_MACHINE_FILE_BYTES = 2**19
_NO_FILE, _NO_FOLDER = "nothing", "no-folder"
"""Empty ones, to be mounted over all else of /proc."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 36, 38
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

_FORBIDDEN_CALLS = (  # noqa: SIM905 (words read better than a list)
    # rings of calls, and calls that libraries may try: they are refused silently
    "io_uring_setup io_uring_enter io_uring_register personality name_to_handle_at "
    # files that others use: watches count for the account, and reveal the files that a neighbour opens
    "inotify_init inotify_init1 "
    # memory that no limit counts: pages that pipes and sockets hold, rules and rings of the kernel's own among it
    "memfd_create memfd_secret shmget msgget semget mlock mlock2 mlockall "
    "splice tee vmsplice sendfile landlock_create_ruleset io_setup"
).split()

_SO_SNDBUFFORCE = 32
_F_OFD_SETLK, _F_OFD_SETLKW = 37, 38
_TERMINALS = 64

_API_WITH_LISTENERS = 5
"""The level of libseccomp's interface, of which it knows whether the kernel has all of it."""
_SOCKET_FAMILIES = (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)


class WallError(RuntimeError):
    """A wall could not be built on this machine."""


def become_nobody(user_id: int) -> None:
    """Give up root for good; the process stays readable to itself.

    Parameters
    ----------
    user_id : int
        User and group id to take on.
    """
    os.setgroups([])
    os.setresgid(user_id, user_id, user_id)
    os.setresuid(user_id, user_id, user_id)
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")


def adopt_orphans() -> None:
    """Become the parent of grandchildren whose parent ends, so that they can be waited for."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl(PR_SET_CHILD_SUBREAPER)")


def die_with_parent() -> None:
    """Be killed when the parent ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0), "prctl(PR_SET_PDEATHSIG)")


def enter_namespaces() -> None:
    """Leave for fresh user, mount, PID, IPC and network namespaces; the next fork is the PID namespace's init."""
    user_id, group_id = os.getuid(), os.getgid()
    _check(_libc.unshare(_NAMESPACES), "unshare")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user_id} {user_id} 1"),
        ("gid_map", f"{group_id} {group_id} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123 (pathlib is not worth importing here)
            file.write(text)


def cover(path: str, *, writable_bytes: int = 0, keep: Iterable[str] = ()) -> None:
    """Mount an empty file system of this mount namespace's own over a folder.

    Parameters
    ----------
    path : str
        The folder to hide.
    writable_bytes : int
        Size of the files in it; 0 makes it read-only.
    keep : iterable of str
        Folders that stay visible where they lie below it, as they are.
    """
    flags = _MS_NOSUID | _MS_NODEV | (0 if writable_bytes else _MS_RDONLY)
    options = f"size={writable_bytes},nr_inodes=4096,mode=1777" if writable_bytes else "size=4k,mode=555"
    kept = {folder: os.open(folder, os.O_PATH) for folder in keep if folder.startswith(f"{path}/")}
    _check(_libc.mount(b"tmpfs", path.encode(), b"tmpfs", flags, options.encode()), f"mount over {path}")
    for folder, descriptor in kept.items():
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103 (pathlib is not worth importing here)
        source = f"/proc/self/fd/{descriptor}".encode()
        _check(_libc.mount(source, folder.encode(), None, _MS_BIND | _MS_REC, None), f"mount of {folder}")
        os.close(descriptor)


def uncover_processes() -> None:
    """Unmount everything that covers parts of /proc.

    Bubblewrap covers a few folders where root calls it. The kernel then lets no namespace below mount a /proc of its
    own, which would uncover them. No student's code has run yet, and none sees this /proc.
    """
    with open("/proc/self/mountinfo") as file:  # noqa: PTH123
        covers = [line.split()[4] for line in file if line.split()[4].startswith("/proc/")]
    for path in reversed(covers):
        _check(_libc.umount2(path.encode(), 0), f"umount of {path}")


def show_own_processes() -> None:
    """Mount a read-only /proc with this namespace's processes and current copies of the files about the machine.

    All else in it is empty. Where the kernel forbids the mount, as in some containers, only the copies are there.
    """
    copies = {}
    for name in _MACHINE_FILES:
        with contextlib.suppress(OSError), open(f"/proc/{name}", "rb") as file:  # noqa: PTH123
            copies[name] = file.read(_MACHINE_FILE_BYTES)
    cover("/proc", writable_bytes=_MACHINE_FILE_BYTES * (len(_MACHINE_FILES) + 1))
    for name, content in (copies | {_NO_FILE: b""}).items():
        with open(f"/proc/{name}", "wb") as file:  # noqa: PTH123
            file.write(content)
        os.chmod(f"/proc/{name}", 0o444)  # noqa: PTH101
    os.mkdir(f"/proc/{_NO_FOLDER}", 0o555)  # noqa: PTH102
    folder = os.open("/proc", os.O_PATH)
    is_mounted = _libc.mount(b"proc", b"/proc", b"proc", _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC, None) == 0
    sources = f"/proc/self/fd/{folder}" if is_mounted else "/proc"
    if not is_mounted:
        os.unlink(f"/proc/{_NO_FILE}")  # noqa: PTH108
        os.rmdir(f"/proc/{_NO_FOLDER}")  # noqa: PTH106
    os.chmod(sources, 0o555)  # noqa: PTH101
    flags = _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV
    _check(_libc.mount(None, sources.encode(), None, flags, None), "remount of /proc")
    for name in os.listdir("/proc") if is_mounted else ():  # noqa: PTH208
        path = f"/proc/{name}"
        if name.isdigit() or os.path.islink(path):  # noqa: PTH114 (links lead to files about the process itself)
            continue
        nothing = _NO_FOLDER if os.path.isdir(path) else _NO_FILE  # noqa: PTH112
        source = f"{sources}/{name if name in copies else nothing}"
        _check(_libc.mount(source.encode(), path.encode(), None, _MS_BIND, None), f"mount over {path}")
    os.close(folder)


def refuse_to_be_read() -> None:
    """Let no process without privileges see or change the memory and the open files of this one."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl(PR_SET_DUMPABLE)")


def cover_terminals() -> None:
    """Mount terminals of this mount namespace's own, so that two submissions cannot meet at one."""
    options = f"newinstance,ptmxmode=0666,mode=0600,max={_TERMINALS}".encode()
    _check(_libc.mount(b"devpts", b"/dev/pts", b"devpts", _MS_NOSUID | _MS_NOEXEC, options), "mount over /dev/pts")


def cover_zeros() -> None:
    """Mount /dev/full, which reads the same, over /dev/zero, which is shared memory of any size when it is mapped."""
    _check(_libc.mount(b"/dev/full", b"/dev/zero", None, _MS_BIND, None), "mount over /dev/zero")


def volunteer_for_oom() -> None:
    """When memory runs out, the kernel shall take this process and its children first."""
    with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("1000")


def set_limits(*, memory_bytes: int, file_bytes: int, cpu_s: int, processes: int) -> None:
    """Limit the resources of this process and its children.

    Parameters
    ----------
    memory_bytes : int
        Address space, on top of the warmed interpreter's, of each process.
    file_bytes : int
        Size of a written file.
    cpu_s : int
        CPU time of each process, in seconds.
    processes : int
        Processes and threads together.
    """
    with open("/proc/self/statm") as file:  # noqa: PTH123
        occupied = int(file.read().split()[0]) * resource.getpagesize()
    limits = [
        (resource.RLIMIT_AS, occupied + memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ]
    if _counts_processes_per_namespace():
        limits.append((resource.RLIMIT_NPROC, processes))
    for kind, value in limits:
        resource.setrlimit(kind, (value, value))


def drop_privileges(filter_: Filter, *, listens: bool = False) -> int | None:
    """Give up every capability for good and load the filter of system calls.

    Parameters
    ----------
    filter_ : Filter
        From :func:`system_call_filter`; built beforehand because that takes a while.
    listens : bool
        Whether a listener will answer the filter's requests.

    Returns
    -------
    int or None
        The listener that has to be answered, if there is one.
    """
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)")
    drop_capabilities()
    listener = load_listening(filter_.number, filter_.telling) if listens and filter_.telling else None
    if listener is None:
        filter_.silent.load()
    return listener


def drop_capabilities() -> None:
    """Empty the capability sets of this thread, the bounding set included."""
    for capability in range(64):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # beyond the last one that this kernel knows, or nothing left to drop
    header = (ctypes.c_uint32 * 2)(_LINUX_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, nothing), "capset")


@dataclass(frozen=True)
class Filter:
    """Filter for system calls that no notebook needs and that have been used to escape from sandboxes.

    Attributes
    ----------
    silent : pyseccomp.SyscallFilter
        Refuses with "operation not permitted", or with "not implemented" where the C library then takes another way.
    telling : bytes
        The same as instructions of the kernel's, but with a listener for ``TELLING_CALLS``; empty where the machine has
        no listeners.
    number : int
        That of the system call ``seccomp``.
    names : dict
        The names of ``TELLING_CALLS`` by their numbers.
    """

    silent: Any
    telling: bytes
    number: int
    names: dict[int, str]


def system_call_filter() -> Filter:
    """Build the filter.

    Returns
    -------
    Filter

    Raises
    ------
    WallError
        If libseccomp is not installed.
    """
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise WallError(f"libseccomp cannot be used ({error}); on Debian: apt install libseccomp2") from None
    telling = b""
    if pyseccomp.get_api() >= _API_WITH_LISTENERS:
        with os.fdopen(os.memfd_create("filter"), "w+b") as file:
            _rules(pyseccomp.NOTIFY).export_bpf(file)
            file.seek(0)
            telling = file.read()

    def number_of(name: str) -> int:
        return int(pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name))

    names = {number_of(name): name for name in (*TELLING_CALLS, OF_NAMESPACES)}
    return Filter(_rules(pyseccomp.ERRNO(errno.EPERM)), telling, number_of("seccomp"), names)


def _rules(telling: Any) -> Any:
    """Build the filter with an action for calls that tell something; all others are refused as they are."""
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refuse = pyseccomp.ERRNO(errno.EPERM)
    for name in (*TELLING_CALLS, *_FORBIDDEN_CALLS):
        try:
            rules.add_rule(telling if name in TELLING_CALLS else refuse, name)
        except OSError:
            continue  # this machine's kind of processor has no such call
    # Flags of clone3 are behind a pointer, where no filter sees them; without it the C library uses clone.
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    for flag in _namespace_flags():
        rules.add_rule(telling, OF_NAMESPACES, pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    no_family = pyseccomp.ERRNO(errno.EOPNOTSUPP)  # the refusal that libzmq lives with when it looks for interfaces
    for call in ("socket", "socketpair"):
        for family in range(64):
            if family not in _SOCKET_FAMILIES:
                rules.add_rule(no_family, call, pyseccomp.Arg(0, pyseccomp.EQ, family))
        rules.add_rule(no_family, call, pyseccomp.Arg(0, pyseccomp.GE, 64))
    for command in (fcntl.F_NOTIFY, fcntl.F_SETLEASE):  # older ways to watch a file
        rules.add_rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
    for command in (_F_OFD_SETLK, _F_OFD_SETLKW):  # no list of locks tells whose they are
        rules.add_rule(refuse, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, command))
    for option in (socket.SO_SNDBUF, _SO_SNDBUFFORCE):  # the maximum of a socket follows from its first size
        level = pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, socket.SOL_SOCKET)
        rules.add_rule(refuse, "setsockopt", level, pyseccomp.Arg(2, pyseccomp.MASKED_EQ, 0xFFFFFFFF, option))
    # Shared memory without a file stays when a process no longer maps its pages, and then nobody counts it.
    shared = mmap.MAP_SHARED | mmap.MAP_ANONYMOUS
    rules.add_rule(refuse, "mmap", pyseccomp.Arg(3, pyseccomp.MASKED_EQ, shared, shared))
    # ioctl(TIOCSTI) types into a terminal, TIOCLINUX pastes into a console.
    for request in (0x5412, 0x541C):
        rules.add_rule(refuse, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, 0xFFFFFFFF, request))
    return rules


def _namespace_flags() -> Iterator[int]:
    yield from (_CLONE_NEWNS, _CLONE_NEWCGROUP, _CLONE_NEWUTS, _CLONE_NEWIPC)
    yield from (_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET)


def _counts_processes_per_namespace() -> bool:
    """Since Linux 5.14; before, a limit on processes counted all of the user's, the desktop's included."""
    major, minor = platform.release().split(".")[:2]
    return (int(major), int("".join(filter(str.isdigit, minor)) or 0)) >= (5, 14)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise WallError(f"{what}: {os.strerror(number)}")
