"""The wire format: what goes over it, what does not, and what it survives."""

from __future__ import annotations

import struct
import sys
import tracemalloc
import warnings

import msgpack
import numpy as np
import pytest

from helpers import DTYPES, PLAIN_VALUES, message
from lossmark import as_number
from lossmark.boundary import wire
from lossmark.boundary.wire import Opaque, WireError, decode, encode
from lossmark.checks import same

SIX_NUMBERS = np.arange(6.0).tobytes()


def test_lack_of_memory_is_no_fault_of_the_message(monkeypatch):
    def fail(*arguments, **options):
        raise MemoryError

    monkeypatch.setattr(msgpack, "unpackb", fail)
    with pytest.raises(MemoryError):
        decode(encode(1))


NESTINGS = {"list": lambda v: [v], "tuple": lambda v: (v,), "dict": lambda v: {0: v}}
"""Ways to put one value into another."""


def nested(depth, into=NESTINGS["list"]):
    value = 0
    for _ in range(depth):
        value = into(value)
    return value


def arrives(value):
    return decode(encode(value))


def decode_or_refuse(data):
    try:
        return decode(data)
    except WireError:
        return None


class LyingFloat(float):
    def __float__(self):
        return 99.0

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class LyingInt(int):
    def __index__(self):
        return 99

    __int__ = __index__


class LyingText(str):
    def __str__(self):
        return "lie"

    def encode(self, *args):
        return b"lie"


class LyingList(list):
    def __iter__(self):
        return iter([99])


class LyingDict(dict):
    def items(self):
        return [("lie", 99)]


class LyingArray(np.ndarray):
    def __array__(self, *args, **kwargs):
        return np.array(99.0)

    def tobytes(self, *args):
        return b"lie"


class LyingScalar(np.float64):
    def __array__(self, *args, **kwargs):
        return np.array(99.0)

    def __float__(self):
        return 99.0


class TestPlainData:
    @pytest.mark.parametrize("value", PLAIN_VALUES.values(), ids=PLAIN_VALUES)
    def test_arrives_as_it_was_sent(self, value):
        assert same(arrives(value), value)

    @pytest.mark.parametrize("value", PLAIN_VALUES.values(), ids=PLAIN_VALUES)
    def test_is_encoded_after_its_arrival_as_it_was_before(self, value):
        """By that the agent sees whether a call has changed its arguments."""
        for sent in (value, [value, Opaque("x" * 1000)], {"a": (np.array(value, dtype=object), value)}):
            assert encode(arrives(sent)) == encode(sent)

    @pytest.mark.parametrize("dtype", [*DTYPES, ">i4", ">f8", ">c16", "longdouble", "clongdouble", "U3", "M8[s]"])
    def test_arrays_are_encoded_after_their_arrival_as_they_were_before(self, dtype):
        ones = np.ones((4, 3), dtype)
        for array in (ones, ones.T, ones[::2], ones[0, 0], np.ones((), dtype)):
            assert encode(arrives(array)) == encode(array)

    @pytest.mark.parametrize("dtype", DTYPES)
    @pytest.mark.parametrize("shape", [(), (1,), (2, 3), (0, 2), (1,) * 8])
    def test_arrays_keep_type_and_shape(self, dtype, shape):
        array = np.ones(shape, dtype)
        assert same(arrives(array), array)

    @pytest.mark.parametrize("number", [0, 2**64 - 1, -(2**63)])
    def test_integers_of_64_bits_travel_as_those_of_msgpack(self, number):
        assert encode(number) == message(number)

    def test_nan_arrives_as_nan(self):
        assert np.isnan(arrives(float("nan")))
        assert np.isnan(arrives(np.array([1.0, np.nan]))[1])

    def test_negative_zero_keeps_its_sign(self):
        assert np.signbit(arrives(-0.0))

    def test_order_of_an_array_in_memory_does_not_matter(self):
        array = np.arange(6.0).reshape(2, 3)
        for view in (array.T, array[:, ::-1], np.asfortranarray(array), np.broadcast_to(array[0], (4, 3))):
            assert np.array_equal(arrives(view), view)

    def test_big_endian_arrays_arrive_as_little_endian(self):
        assert same(arrives(np.arange(3, dtype=">f8")), np.arange(3.0))

    def test_extended_precision_arrives_as_double(self):
        assert same(arrives(np.longdouble(0.5)), np.float64(0.5))
        assert same(arrives(np.array([1 + 2j], np.clongdouble)), np.array([1 + 2j]))

    def test_extended_precision_beyond_double_arrives_as_infinity(self):
        assert arrives(np.finfo(np.longdouble).max) == np.inf

    def test_numpy_text_arrives_as_text(self):
        assert same(arrives(np.str_("b")), "b")

    def test_halves_of_characters_are_replaced(self):
        assert arrives("a\ud800b") == "a?b"

    def test_matrix_arrives_as_array(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PendingDeprecationWarning)
            matrix = np.matrix([[1.0, 2.0]])
        assert type(arrives(matrix)) is np.ndarray
        assert same(arrives(matrix), np.array([[1.0, 2.0]]))

    def test_masked_array_of_which_nothing_is_masked_arrives_as_array(self):
        for mask in (np.ma.nomask, [False, False]):
            assert same(arrives(np.ma.array([1.0, 2.0], mask=mask)), np.array([1.0, 2.0]))

    @pytest.mark.parametrize("value", [2.5, np.float32(2.5), np.array([2.5]), np.array([[2.5]]), [2.5], np.array(2.5)])
    def test_single_numbers_can_be_used_as_numbers(self, value):
        assert as_number(arrives(value)) == 2.5

    def test_arrays_that_arrive_are_writable_and_own_their_memory(self):
        first, second = arrives([np.zeros(3), np.zeros(3)])
        first += 1
        assert first.flags.owndata
        assert np.array_equal(second, np.zeros(3))

    def test_arrays_do_not_share_memory_with_the_message(self):
        data = bytearray(encode(np.zeros(3)))
        array = decode(data)
        data[-8:] = struct.pack("<d", 1.0)
        assert np.array_equal(array, np.zeros(3))


class TestLies:
    """The value that an object is made of is sent, whatever its methods say."""

    @pytest.mark.parametrize(
        ("lie", "truth"),
        [
            (LyingFloat(2.5), 2.5),
            (LyingInt(2), 2),
            (LyingText("b"), "b"),
            (LyingList([1, 2]), [1, 2]),
            (LyingDict(a=1), {"a": 1}),
            (np.arange(2.0).view(LyingArray), np.arange(2.0)),
            (LyingScalar(2.5), np.float64(2.5)),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_the_underlying_value_arrives(self, lie, truth):
        assert same(arrives(lie), truth)

    def test_a_class_that_claims_to_be_text_is_opaque(self):
        class Liar:
            __class__ = str

        assert arrives(Liar()) == Opaque("a value of type Liar")

    def test_a_class_that_hides_its_name_is_opaque(self):
        class Meta(type):
            @property
            def __name__(cls):
                raise KeyError

        assert arrives(Meta("Hidden", (), {})()) == Opaque("a value of type Hidden")


class TestOpaque:
    @pytest.mark.parametrize(
        "value",
        [object(), len, int, {1, 2}, b"bytes", range(3), iter([]), np, lambda: 0, Ellipsis, slice(1)],
        ids=lambda value: type(value).__name__,
    )
    def test_what_is_not_plain_data_arrives_opaque(self, value):
        assert arrives(value) == Opaque(f"a value of type {type(value).__name__}")

    @pytest.mark.parametrize(
        "array",
        [
            np.array([None]),
            np.array(["a"]),
            np.array([b"a"]),
            np.array(["2020-01-01"], "M8[D]"),
            np.zeros(1, [("a", "f8"), ("b", "i4")]),
        ],
        ids=lambda array: array.dtype.name,
    )
    def test_arrays_of_other_things_than_numbers_arrive_opaque(self, array):
        assert arrives(array) == Opaque(f"an array of type {array.dtype.name}")

    def test_too_many_dimensions_arrive_opaque(self):
        assert arrives(np.zeros((1,) * 9)) == Opaque("an array of 9 dimensions")

    def test_opaque_within_plain_data_keeps_its_place(self):
        assert arrives([1, object(), 2]) == [1, Opaque("a value of type object"), 2]

    def test_opaque_stays_opaque(self):
        assert arrives(Opaque("a thing")) == Opaque("a thing")

    @pytest.mark.parametrize("value", [0, 0.0, "", "a thing", None, True, [], np.zeros(1)], ids=repr)
    def test_opaque_equals_no_value(self, value):
        assert not np.any(Opaque("a thing") == value)

    def test_nothing_of_an_object_is_executed(self):
        class Bomb:
            def __reduce__(self):
                raise AssertionError("somebody pickled me")

            __reduce_ex__ = __getstate__ = __repr__ = __str__ = __len__ = __iter__ = __array__ = __reduce__

        assert arrives([Bomb(), Bomb]) == [Opaque("a value of type Bomb"), Opaque("a value of type type")]

    def test_an_array_that_holds_objects_is_never_pickled(self):
        class Bomb:
            def __reduce__(self):
                raise AssertionError("somebody pickled me")

        assert isinstance(arrives(np.array([Bomb()], dtype=object)), Opaque)

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            (np.zeros(wire.MAX_BYTES // 8), "arrays too large to send"),
            ([np.zeros(wire.MAX_BYTES // 24)] * 4, "arrays too large to send"),
            (np.broadcast_to(0.0, (2**30, 2**20)), "arrays too large to send"),
            (np.zeros(wire.MAX_BYTES - wire.MAX_STRUCTURE_BYTES - 3, np.uint8), "arrays too large to send"),
            ("x" * (wire.MAX_STRUCTURE_BYTES - 4), "a value too large to send"),
            ([None] * wire.MAX_ITEMS, "a value of too many parts to send"),
            (dict.fromkeys(range(wire.MAX_KEYS + 1)), "a dict of too many keys to send"),
            (2 ** (8 * 1024), "an integer of too many digits to send"),
            (-(10**5000), "an integer of too many digits to send"),
        ],
        ids=["array", "arrays", "view", "array of bytes", "text", "items", "keys", "integer", "negative integer"],
    )
    def test_too_much_arrives_opaque_with_a_reason(self, value, reason):
        assert arrives(value) == Opaque(reason)

    @pytest.mark.parametrize("into", NESTINGS.values(), ids=NESTINGS)
    def test_depth_counts_whatever_it_is_made_of(self, into):
        within = nested(wire.MAX_DEPTH - 1, into)
        assert arrives(within) == within
        assert arrives(into(within)) == Opaque("a value nested too deeply to send")

    def test_a_long_name_is_cut_off(self):
        assert arrives(type("x" * 1000, (), {})()) == Opaque(f"a value of type {'x' * 80}")

    def test_a_list_that_holds_itself_arrives_opaque(self):
        endless = []
        endless.append(endless)
        assert arrives(endless) == Opaque("a value nested too deeply to send")

    def test_just_within_the_bounds_arrives(self):
        for value in (
            [None] * (wire.MAX_ITEMS - 1),
            dict.fromkeys(range(wire.MAX_KEYS)),
            2 ** (8 * 1024) - 1,
            -(2 ** (8 * 1024)) + 1,
            "x" * (wire.MAX_STRUCTURE_BYTES - 5),  # what msgpack writes before a text
        ):
            assert arrives(value) == value

    def test_an_array_just_within_the_bounds_arrives(self):
        array = np.zeros(wire.MAX_BYTES - wire.MAX_STRUCTURE_BYTES - 4, np.uint8)
        assert arrives(array).shape == array.shape

    def test_arrays_without_numbers_arrive_in_a_shape_that_could_be_sent_with_numbers(self):
        assert arrives(np.zeros((0, 2**20))).shape == (0, 2**20)
        assert arrives(np.zeros((3, 0, 2**10))).shape == (3, 0, 2**10)

    @pytest.mark.parametrize(
        ("shape", "dtype"), [((0, 2**62), "i1"), ((2**40, 0), "i1"), ((0, 2**40), "f8"), ((2**12, 0, 2**13), "f8")]
    )
    def test_arrays_without_numbers_that_no_computation_has_room_for_are_opaque(self, shape, dtype):
        """A sum over the empty dimension would take as much memory as its sender likes."""
        assert arrives(np.zeros(shape, dtype)) == Opaque("an array without numbers, of a shape too large to use")
        with pytest.raises(WireError, match="impossible shape"):
            decode(message(["a", np.dtype(dtype).newbyteorder("<").str, *shape]))


class TestBounds:
    """How much is let in, exactly."""

    def test_are_those_that_a_grader_was_given_memory_for(self):
        assert (wire.MAX_BYTES, wire.MAX_STRUCTURE_BYTES) == (16 * 1024 * 1024, 1024 * 1024)
        assert (wire.MAX_ITEMS, wire.MAX_KEYS, wire.MAX_DEPTH, wire.MAX_KIND) == (100_000, 1000, 16, 200)

    def test_bytes(self):
        data = message(None)
        data += bytes(wire.MAX_BYTES - len(data))
        assert decode(data) is None
        with pytest.raises(WireError, match="a message of 16777217 bytes"):
            decode(data + b"\0")

    def test_parts(self):
        half = ["l", *[None] * (wire.MAX_ITEMS // 2 - 2)]
        decode(message(["l", half, half, None]))
        with pytest.raises(WireError, match="too many parts"):
            decode(message(["l", half, half, None, None]))

    @pytest.mark.parametrize("kind", [["l"], ["t"], ["d", 0]], ids=["list", "tuple", "dict"])
    def test_depth(self, kind):
        def into(structure):
            return [*kind, structure]

        decode(message(nested(wire.MAX_DEPTH - 1, into)))
        with pytest.raises(WireError, match="too deeply"):
            decode(message(nested(wire.MAX_DEPTH, into)))

    def test_digits(self):
        assert decode(message(["i", "-" + "f" * 2048])) == 1 - 2 ** (8 * 1024)
        with pytest.raises(WireError, match="unknown kind"):
            decode(message(["i", "f" * 2050]))

    @pytest.mark.parametrize("structure", [{"a": 1}, [None] * (wire.MAX_ITEMS + 1)], ids=["dict", "list"])
    def test_what_is_too_long_is_not_built_first(self, structure):
        with pytest.raises(WireError, match="not a message"):
            decode(message(structure))

    def test_numbers_are_in_memory_once(self):
        data = encode(np.zeros(2**20))
        tracemalloc.start()
        array = decode(data)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 1.5 * array.nbytes


class TestRefused:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\0",
            b"\0\0\0\0",
            b"\xff\xff\xff\xff",
            (5).to_bytes(4, "little") + b"\xc0",
            (2**20 + 1).to_bytes(4, "little") + bytes(2**20 + 1),
            bytes(wire.MAX_BYTES + 1),
            message(None)[:-1],
            (2).to_bytes(4, "little") + b"\xc0\xc0",
            (1).to_bytes(4, "little") + b"\xc1",
            (3).to_bytes(4, "little") + b"\xa2\xff\xfe",
            (2**16).to_bytes(4, "little") + b"\x91" * 2**16,
            (5).to_bytes(4, "little") + b"\xdd\xff\xff\xff\xff",
            (5).to_bytes(4, "little") + b"\xc6\xff\xff\xff\xff",
        ],
        ids=[
            "nothing", "too short", "no structure", "length beyond the end", "truncated", "structure too long",
            "too many bytes", "cut off", "two structures", "reserved byte", "not utf-8", "deep", "long list",
            "long bytes",
        ],
    )  # fmt: skip
    def test_bytes_that_are_no_message(self, data):
        with pytest.raises(WireError):
            decode(data)

    @pytest.mark.parametrize(
        "structure",
        [
            b"bytes",
            msgpack.ExtType(1, b"x"),
            msgpack.Timestamp(1, 1),
            {},
            {"a": 1},
            [],
            ["x"],
            [1, 2],
            ["l", ["x"]],
            ["d", 1],
            ["d", ["l"], 1],
            ["d", ["d"], 1],
            ["d", ["t", ["l"]], 1],
            ["d", *range(2 * wire.MAX_KEYS + 2)],
            ["c", 1, 2],
            ["c", 1.0],
            ["c", 1.0, 2.0, 3.0],
            ["i", "xyz"],
            ["i", ""],
            ["i", 5],
            ["i", "f" * 3000],
            ["?"],
            ["?", 1],
            ["?", "a", "b"],
            ["a"],
            ["a", "<f8", 7],
            ["a", "<f8", -1],
            ["a", "<f8", -2, -3],
            ["a", "<f8", 2.0],
            ["a", "<f8", True],
            ["a", "<f8", None],
            ["a", "<f8", [2]],
            ["a", "<f8", *[1] * 9],
            ["a", "<f8", 2**63],
            ["a", "<f8", 2**64 - 1, 2**64 - 1],
            ["a", "<f8", 0, 2**64 - 1],
            ["a", "<f8", 0, 2**24, 2**24, 2**24, 2**24],
            ["a", "O", 1],
            ["a", "|O", 1],
            ["a", "V8", 1],
            ["a", "<M8[D]", 1],
            ["a", "f8,O", 1],
            ["a", "<U2", 1],
            ["a", 8, 1],
            ["a", "", 1],
            ["l", ["a", "<f8", 6], ["a", "<f8", 1]],
        ],
        ids=lambda structure: repr(structure)[:40],
    )
    def test_structures_that_mean_nothing(self, structure):
        with pytest.raises(WireError):
            decode(message(structure, SIX_NUMBERS))

    @pytest.mark.parametrize("depth", [wire.MAX_DEPTH, 200, 900])
    def test_structures_nested_too_deeply(self, depth):
        structure = None
        for _ in range(depth):
            structure = ["l", structure]
        with pytest.raises(WireError):
            decode(message(structure))

    def test_many_small_lists_count_together(self):
        many = ["l", *([None] * (wire.MAX_ITEMS // 20) for _ in range(30))]
        for items in many[1:]:
            items[0] = "l"
        with pytest.raises(WireError, match="too many parts"):
            decode(message(many))

    def test_keys_that_all_collide_are_few(self):
        # Equal hashes cost quadratic time: 40,000 of these took nine seconds.
        keys = [["c", 1e12 - 1000003.0 * i, float(i)] for i in range(wire.MAX_KEYS)]
        pairs = [part for key in keys for part in (key, None)]
        assert len(decode(message(["d", *pairs]))) == wire.MAX_KEYS
        with pytest.raises(WireError):
            decode(message(["d", *pairs, "one", "more"]))

    def test_keys_that_numpy_compares_as_arrays_are_refused(self):
        pair = next(pair for pair in ((i, 0.5) for i in range(1000)) if 0 <= hash(pair) < sys.hash_info.modulus)
        assert hash(np.int64(hash(pair))) == hash(pair)
        number = np.int64(hash(pair)).tobytes()
        with pytest.raises(WireError, match="a key that cannot be one"):
            decode(message(["d", ["t", *pair], None, ["a", "<i8"], None], number))

    def test_an_opaque_kind_is_cut_off(self):
        assert len(decode(message(["?", "x" * 10_000])).kind) == wire.MAX_KIND

    def test_trailing_bytes_are_not_read(self):
        assert decode(encode(1.5) + b"garbage") == 1.5


class TestHostileBytes:
    def test_random_bytes_are_refused_or_plain(self):
        rng = np.random.default_rng(231)
        for _ in range(3000):
            decode_or_refuse(rng.bytes(int(rng.integers(0, 60))))

    def test_random_structures_are_refused_or_plain(self):
        rng = np.random.default_rng(231)
        for _ in range(3000):
            packed = rng.bytes(int(rng.integers(1, 40)))
            decode_or_refuse(len(packed).to_bytes(4, "little") + packed + rng.bytes(16))

    def test_changed_messages_are_refused_or_plain(self):
        rng = np.random.default_rng(231)
        valid = [encode(value) for value in PLAIN_VALUES.values()]
        for data in (bytearray(valid[i % len(valid)]) for i in range(4000)):
            for _ in range(int(rng.integers(1, 4))):
                data[int(rng.integers(len(data)))] = int(rng.integers(256))
            decode_or_refuse(bytes(data[: int(rng.integers(len(data) // 2, len(data) + 1))]))

    def test_whatever_is_decoded_can_be_sent_again(self):
        rng = np.random.default_rng(231)
        data = bytearray(encode(list(PLAIN_VALUES.values())))
        for _ in range(500):
            changed = data.copy()
            changed[int(rng.integers(4, 200))] = int(rng.integers(256))
            encode(decode_or_refuse(bytes(changed)))


@pytest.mark.parametrize("mask", [[True, False, False], [False, False, True], True], ids=repr)
def test_masked_arrays_do_not_lose_their_mask(mask):
    assert arrives(np.ma.array([1.0, 2.0, 3.0], mask=mask)) == Opaque("a masked array")
    assert arrives([np.ma.masked]) == [Opaque("a masked array")]
