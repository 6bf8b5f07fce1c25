"""The wire format between the grader process and the student kernel.

Values cross the boundary as bytes that can be decoded without executing anything. A message is a structure, packed
with msgpack, followed by the raw numbers of its arrays::

    length of the structure (4 bytes, little endian) | structure | numbers of array 0 | numbers of array 1 | ...

Plain data is None, bool, int, float, complex, str, list, tuple, dict and numeric numpy arrays. A numpy scalar travels
as an array of no dimensions, a ``np.matrix`` and other subclasses as the array that they are made of. Every other
object arrives as an :class:`Opaque` marker, which equals only an equal marker.

Decoding is bounded in bytes, depth and number of items, and raises :class:`WireError` for anything it did not write.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgpack
import numpy as np

from lossmark.errors import NotGraded

MAX_BYTES = 16 * 2**20
MAX_STRUCTURE_BYTES = 2**20
MAX_ITEMS = 100_000
MAX_DEPTH = 16
MAX_KEYS = 1000  # of one dict: a student can choose keys that collide, which takes quadratic time
MAX_DIMENSIONS = 8

MAX_KIND = 200

_LENGTH_BYTES = 4
_TIMES_STRUCTURE = 32
_DTYPES = {
    np.dtype(code).str: np.dtype(code)
    for code in ("?", "i1", "u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8", "<c8", "<c16")
}
_INT64 = range(-(2**63), 2**64)
_OF_NUMPY = (np.generic, np.ndarray)
_AS_THEY_ARE = (float, str, int, bool)
_TYPE_NAME: Any = vars(type)["__name__"]  # a metaclass can put something else before it


class WireError(ValueError):
    """Bytes that are not a message of this format, or exceed its bounds."""


@dataclass(frozen=True)
class Opaque:
    """A marker for a value that is not plain data.

    Attributes
    ----------
    kind : str
        Description of the value for the reader: ``"a value of type Tensor"``.
    """

    kind: str


def encode(value: Any) -> bytes:
    """Encode a value; parts that are not plain data, or too large, become :class:`Opaque` markers.

    Parameters
    ----------
    value : object
        Anything. Its own methods are not relied on: of a subclass of float, the float that it is made of is sent.

    Returns
    -------
    bytes
        A message that :func:`decode` accepts.
    """
    return _encode(value)[0]


def encode_plain(value: Any, what: str) -> bytes:
    """Encode a value that must arrive complete, except for markers that it already holds.

    Parameters
    ----------
    value : object
        Plain data, perhaps with markers.
    what : str
        Name of the value, with which the error message begins.

    Returns
    -------
    bytes

    Raises
    ------
    NotGraded
        If a part of the value is not plain data, or the value is too large.
    """
    data, unsent = _encode(value)
    if unsent and next(_opaque_in(value), None) is None:
        raise NotGraded(f"{what} {unsent}, which cannot be sent: send less, or plain data")
    return data


def _encode(value: Any) -> tuple[bytes, str]:
    """Encode a value; return the message and a description of the first part that was left out."""
    encoder = _Encoder()
    try:
        return encoder.message(value), encoder.unsent
    except WireError as error:
        return _Encoder().message(Opaque(str(error))), str(error)


def _opaque_in(value: Any) -> Iterator[Opaque]:
    if isinstance(value, Opaque):
        yield value
    elif isinstance(value, dict):
        for pair in value.items():
            yield from _opaque_in(pair)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _opaque_in(item)


def decode(data: bytes | memoryview) -> Any:
    """Decode a message without executing anything.

    Parameters
    ----------
    data : bytes
        A message made by :func:`encode`, or any bytes that a student sent.

    Returns
    -------
    object
        Plain data; arrays are fresh and writable, arrays of no dimensions come back as numpy scalars.

    Raises
    ------
    WireError
        If the bytes are not a message of this format or exceed its bounds.
    """
    data = memoryview(data)
    if len(data) > MAX_BYTES:
        raise WireError(f"a message of {len(data)} bytes, more than {MAX_BYTES}")
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    start = _LENGTH_BYTES + length
    if length > MAX_STRUCTURE_BYTES or start > len(data):
        raise WireError("the structure's length does not fit the message")
    try:
        structure = msgpack.unpackb(data[_LENGTH_BYTES:start], max_array_len=MAX_ITEMS, max_map_len=0)
    except MemoryError:  # a lack of memory in this process is not a fault of the message
        raise
    except Exception as error:  # msgpack has several, for bytes that are not msgpack, too deep or too long
        raise WireError(f"not a message: {type(error).__name__}") from None
    return _Decoder(data[start:]).value(structure, MAX_DEPTH)


MAX_ROOM_BYTES = 2**28
"""Memory for all answers to the checks of one cell, which are kept until the last check is finished."""
TOO_MUCH = Opaque("more than all answers to the checks of this cell may hold together")


def room_of(data: bytes) -> int:
    """Return the most memory that the value of a message can need, in bytes, without decoding it.

    Parameters
    ----------
    data : bytes
        An unchecked message.

    Returns
    -------
    int
        An array takes up its own size; of a structure, an empty list is two bytes and an object of Python's.
    """
    return len(data) + _TIMES_STRUCTURE * min(int.from_bytes(data[:_LENGTH_BYTES], "little"), MAX_STRUCTURE_BYTES)


def structure_of(data: bytes) -> Any:
    """Unpack the structure of a message of our own, without building the value that it describes.

    Parameters
    ----------
    data : bytes
        A message made by :func:`encode` in this process.

    Returns
    -------
    object
        The result of `_Encoder.structure`: a string is itself, and an array is reduced to its shape.
    """
    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    return msgpack.unpackb(data[_LENGTH_BYTES : _LENGTH_BYTES + length])


def _extent_bytes(dtype: np.dtype[Any], shape: Sequence[int]) -> int:
    """Return the size of an array as if no dimension were empty.

    An array without numbers is as long as its sender likes in its other dimensions, for which no computation has room.
    """
    return dtype.itemsize * math.prod(max(1, length) for length in shape)


class _Encoder:
    """Turns a value into a structure of msgpack's own types, setting the arrays' numbers aside."""

    def __init__(self) -> None:
        self.items = 0
        self.bytes = 0
        self.numbers: list[bytes] = []
        self.unsent = ""

    def message(self, value: Any) -> bytes:
        structure = msgpack.packb(self.structure(value, MAX_DEPTH))
        if len(structure) > MAX_STRUCTURE_BYTES:
            raise WireError("a value too large to send")
        return b"".join([len(structure).to_bytes(_LENGTH_BYTES, "little"), structure, *self.numbers])

    def structure(self, value: Any, depth: int) -> Any:
        self.items += 1
        if depth == 0:
            raise WireError("a value nested too deeply to send")
        if self.items > MAX_ITEMS:
            raise WireError("a value of too many parts to send")
        # Compare the type itself: `isinstance` trusts `__class__`, which student code can set.
        kind = type(value)
        if kind is float or kind is bool or value is None or (kind is str and value.isascii()):
            return value  # a fast path for the most frequent values; the code below gives the same result
        if issubclass(kind, str):  # numpy's strings too
            return str.__str__(value).encode("utf-8", "replace").decode("utf-8")
        if issubclass(kind, _OF_NUMPY):
            return self.array(value)
        if issubclass(kind, int):
            number = int.__index__(value)
            return number if number in _INT64 else self.large_int(number)
        if issubclass(kind, float):
            return float.__float__(value)
        if issubclass(kind, complex):
            return ["c", complex.__complex__(value).real, complex.__complex__(value).imag]
        if issubclass(kind, list):
            return ["l", *[self.structure(item, depth - 1) for item in list.__iter__(value)]]
        if issubclass(kind, tuple):
            return ["t", *[self.structure(item, depth - 1) for item in tuple.__iter__(value)]]
        if issubclass(kind, dict):
            pairs = dict.items(value)
            if len(pairs) > MAX_KEYS:
                raise WireError("a dict of too many keys to send")
            return ["d", *[self.structure(part, depth - 1) for pair in pairs for part in pair]]
        if kind is Opaque:
            return ["?", value.kind[:MAX_KIND]]
        return self.leave_behind(f"a value of type {_TYPE_NAME.__get__(kind)[:80]}")

    def leave_behind(self, kind: str) -> list[str]:
        self.unsent = self.unsent or kind
        return ["?", kind]

    def large_int(self, number: int) -> list[str]:
        if number.bit_length() > 8 * 1024:
            raise WireError("an integer of too many digits to send")
        return ["i", format(number, "x")]

    def array(self, value: np.generic | np.ndarray[Any, Any]) -> list[Any]:
        if issubclass(type(value), np.ma.MaskedArray) and np.ma.is_masked(value):  # its mask would be lost
            return self.leave_behind("a masked array")
        array = np.asarray(value)
        if array.dtype.char in "gG":
            with np.errstate(all="ignore"):
                array = array.astype(np.float64 if array.dtype.char == "g" else np.complex128)
        dtype = array.dtype if array.dtype.str in _DTYPES else array.dtype.newbyteorder("<")
        if dtype.str not in _DTYPES:
            return self.leave_behind(f"an array of type {array.dtype.name}")
        if array.ndim > MAX_DIMENSIONS:
            return self.leave_behind(f"an array of {array.ndim} dimensions")
        if not array.nbytes and _extent_bytes(dtype, array.shape) > MAX_BYTES:
            return self.leave_behind("an array without numbers, of a shape too large to use")
        self.bytes += array.nbytes
        if self.bytes > MAX_BYTES - MAX_STRUCTURE_BYTES - _LENGTH_BYTES:
            raise WireError("arrays too large to send")
        self.numbers.append(array.astype(dtype, copy=False).tobytes())
        return ["a", dtype.str, *array.shape]


class _Decoder:
    """Builds the value that a structure describes, taking the arrays' numbers in order."""

    def __init__(self, numbers: memoryview) -> None:
        self.numbers = numbers
        self.taken = 0
        self.items = 0

    def value(self, structure: Any, depth: int) -> Any:
        self.items += 1
        if depth == 0 or self.items > MAX_ITEMS:
            raise WireError("nested too deeply, or of too many parts")
        if structure is None or type(structure) in _AS_THEY_ARE:
            return structure
        match structure:
            case ["a", str(code), *shape]:
                return self.array(code, shape)
            case ["l", *items]:
                return [self.value(item, depth - 1) for item in items]
            case ["t", *items]:
                return tuple([self.value(item, depth - 1) for item in items])
            case ["d", *parts] if len(parts) <= 2 * MAX_KEYS:
                values = [self.value(part, depth - 1) for part in parts]
                try:
                    return dict(zip(values[::2], values[1::2], strict=True))
                except (TypeError, ValueError):  # it has no hash or no value, or numpy compares two keys as arrays
                    raise WireError("a key that cannot be one") from None
            case ["c", float(real), float(imag)]:
                return complex(real, imag)
            case ["i", str(digits)] if len(digits) <= 2 * 1024 + 1:
                return self.large_int(digits)
            case ["?", str(kind)]:
                return Opaque(kind[:MAX_KIND])
        raise WireError("an unknown kind of value")

    def large_int(self, digits: str) -> int:
        try:
            return int(digits, 16)
        except ValueError:
            raise WireError("an integer that is none") from None

    def array(self, code: str, shape: list[Any]) -> Any:
        dtype = _DTYPES.get(code)
        if dtype is None or len(shape) > MAX_DIMENSIONS:
            raise WireError("an array of an unknown type")
        for length in shape:
            if type(length) is not int or length < 0:
                raise WireError("an array of an impossible shape")
        size = math.prod(shape) * dtype.itemsize
        end = self.taken + size
        if end > len(self.numbers) or (not size and _extent_bytes(dtype, shape) > MAX_BYTES):
            raise WireError("an array of an impossible shape")
        array: Any = np.ndarray(shape, dtype, self.numbers, self.taken).copy()
        self.taken = end
        return array if shape else array[()]
