"""Makes system calls by machine code of its own, also as a program of 32 bits would, past the C library."""
# base: solution
# earns: all

# %% first
import ctypes
import mmap
import os
import platform
import signal

reached = ("reach" + "ed").upper()
CODES = {
    "mount": "b8a50000000f05c3",  # mov eax, 165; syscall; ret
    "unshare": "bf00000010b8100100000f05c3",  # mov edi, CLONE_NEWUSER; mov eax, 272; syscall; ret
    "mount of 32 bits": "b815000000cd80c3",  # mov eax, 21; int 0x80; ret
    "ptrace of x32": "31ffb8090200400f05c3",  # xor edi, edi; mov eax, 0x40000209; syscall; ret
}


def run(code):
    """Run machine code in a child, and return what it returned; None where the child was killed."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        signal.alarm(2)
        memory = mmap.mmap(
            -1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC
        )
        memory.write(bytes.fromhex(code))
        function = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
        os.write(writer, str(function()).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.wait()
    return int(text) if text else None


for name, code in CODES.items() if platform.machine() == "x86_64" else ():
    result = run(code)
    print(name, result)
    if result is not None and result >= 0:
        print(reached, name)
