"""Unpacks little into much, in memory and on the disk, at most 4 GiB: zlib, bz2, lzma, tar and sparse files."""
# base: solution
# earns: all

# %% first
import bz2
import contextlib
import io
import os
import tarfile
import zlib

packer = zlib.compressobj(9)
packed = b"".join(packer.compress(bytes(2**20)) for _ in range(256)) + packer.flush()
with contextlib.suppress(MemoryError):
    layers = [zlib.decompress(packed) for _ in range(16)]
print(len(packed))

# %% first
with contextlib.suppress(MemoryError, OSError):
    text = bz2.compress(bytes(2**24))
    grown = b"".join(bz2.decompress(text) for _ in range(128))

# %% first
with contextlib.suppress(OSError):
    with open("/tmp/sparse", "wb") as file:
        file.truncate(2**32)
    print(os.path.getsize("/tmp/sparse"))
header = tarfile.TarInfo("large")
header.size = 2**40
with contextlib.suppress(Exception):
    archive = tarfile.open(fileobj=io.BytesIO(header.tobuf() + bytes(1024)))
    archive.extractall("/tmp/unpacked")
