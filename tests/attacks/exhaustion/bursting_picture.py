"""Shows pictures of few bytes that fill the memory of whoever looks at them: a billion pixels of one colour."""
# base: solution
# earns: all

# %% first
import base64
import struct
import zlib

from IPython.display import display


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def picture(width, height):
    """A PNG of one bit for each pixel; its rows are all the same."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packer, rows = zlib.compressobj(9), []
    for _ in range(min(height, 30_000)):
        rows.append(packer.compress(bytes(1 + (width + 7) // 8)))
    rows.append(packer.flush())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"".join(rows)) + chunk(b"IEND", b"")


for width, height in ((30_000, 30_000), (2**31 - 1, 1), (1, 2**31 - 1)):
    display({"image/png": base64.b64encode(picture(width, height)).decode()}, raw=True)
jpeg = b"\xff\xd8\xff\xc0\x00\x0b\x08\xff\xff\xff\xff\x01\x01\x11\x00\xff\xd9"
display({"image/jpeg": base64.b64encode(jpeg).decode()}, raw=True)
display({"image/png": base64.b64encode(b"GIF89a" + b"\xff" * 100).decode()}, raw=True)
