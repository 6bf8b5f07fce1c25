"""Where the assignments get their images from: the loader of CIFAR-10 and the generator of drawn images.

Both stand in source notebooks, which work alone. Their cells are taken out by id and run here, the loader on a tiny
folder in CIFAR-10's format.
"""

from __future__ import annotations

import hashlib
import pickle
import re
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import nbformat
import numpy as np
import pytest
from matplotlib.colors import hsv_to_rgb, rgb_to_hsv

from courses import ROOT

BATCHES = [f"data_batch_{i}" for i in range(1, 6)]
FILES = [*BATCHES, "test_batch", "batches.meta"]
NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
IMAGES_PER_FILE = 4


def cell(assignment: str, name: str) -> str:
    """Return the source of a cell of a source notebook."""
    notebook = nbformat.read(ROOT / "source" / assignment / f"{assignment}.ipynb", as_version=4)
    return next(cell.source for cell in notebook.cells if cell.id == name)


def names_of(assignment: str, name: str, **given: Any) -> SimpleNamespace:
    """Run a cell and return what it defines."""
    names = dict(given)
    exec(cell(assignment, name), names)
    return SimpleNamespace(**{key: value for key, value in names.items() if not key.startswith("__")})


@pytest.fixture(scope="module")
def loader() -> SimpleNamespace:
    return names_of("sgd", "load_cifar10")


@pytest.fixture(scope="module")
def drawn() -> SimpleNamespace:
    return names_of("image_features", "make_images", np=np, hsv_to_rgb=hsv_to_rgb)


class OldGlobal:
    """A class or function, under the name that it had in the numpy of that time."""

    def __init__(self, module: str, name: str) -> None:
        self.line = f"c{module}\n{name}\n".encode()

    def __call__(self) -> None:
        """Pickle asks that what rebuilds an object can be called."""


class OldArray:
    """An array of bytes as Python 2 and its numpy pickled them."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def __reduce__(self) -> tuple[Any, ...]:
        start = (OldGlobal("numpy", "ndarray"), (0,), b"b")
        content = (1, self.array.shape, OldDtype(), False, self.array.tobytes())
        return OldGlobal("numpy.core.multiarray", "_reconstruct"), start, content


class OldDtype:
    """The dtype uint8 as Python 2 and its numpy pickled it."""

    def __reduce__(self) -> tuple[Any, ...]:
        return OldGlobal("numpy", "dtype"), (b"u1", 0, 1), (3, b"|", None, None, None, -1, -1, 0)


class OldPickler(pickle._Pickler):
    """Writes byte strings as Python 2 wrote its plain strings, which is what CIFAR-10's files hold."""

    dispatch: ClassVar = dict(pickle._Pickler.dispatch)

    def save_bytes(self, value: bytes) -> None:
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)

    def save_old_global(self, value: OldGlobal) -> None:
        self.write(value.line)

    dispatch[bytes] = save_bytes
    dispatch[OldGlobal] = save_old_global


def write(path: Path, content: object) -> None:
    with path.open("wb") as file:
        OldPickler(file, protocol=2).dump(content)


def batch(seed: int) -> tuple[np.ndarray, list[int]]:
    rng = np.random.default_rng(seed)
    data = rng.integers(256, size=(IMAGES_PER_FILE, 3072), dtype=np.uint8)
    return data, [int(label) for label in rng.integers(10, size=IMAGES_PER_FILE)]


def write_batch(path: Path, data: np.ndarray, labels: object) -> None:
    write(path, {b"batch_label": b"a tiny batch", b"data": OldArray(data), b"labels": labels})


def digests_of(folder: Path) -> dict[str, str]:
    return {
        name: hashlib.md5((folder / name).read_bytes(), usedforsecurity=False).hexdigest()
        for name in FILES
        if (folder / name).is_file()
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder like ``cifar-10-batches-py``, of four images a file."""
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    for seed, name in enumerate([*BATCHES, "test_batch"]):
        write_batch(folder / name, *batch(seed))
    write(folder / "batches.meta", {b"num_vis": 3072, b"label_names": [name.encode() for name in NAMES]})
    return folder


class CreatesFile:
    """An object whose pickle creates a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


class Warns:
    """An object whose pickle warns when it is loaded, as some versions of numpy do of old files."""

    def __reduce__(self) -> tuple[Any, ...]:
        return warnings.warn, ("this file is old",)


class TestWhereTheCellsStand:
    def test_both_notebooks_have_the_same_loader(self) -> None:
        assert cell("sgd", "load_cifar10") == cell("image_features", "load_cifar10")

    def test_digests_are_the_published_ones(self, loader: SimpleNamespace) -> None:
        assert loader.PUBLISHED_DIGESTS == {
            "data_batch_1": "c99cafc152244af753f735de768cd75f",
            "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
            "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
            "data_batch_4": "634d18415352ddfa80567beed471001a",
            "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
            "test_batch": "40351d587109b95175f43aff81a1287e",
            "batches.meta": "5ff9c542aee3614f3951f8cda6e48888",
        }

    @pytest.mark.parametrize("assignment", ["sgd", "image_features"])
    def test_the_folder_is_named_by_the_environment(self, assignment: str) -> None:
        assert re.search(r'environ\.get\("CIFAR10_FOLDER"\)', cell(assignment, "data"))


class TestGoodFolder:
    @pytest.mark.parametrize("kind", [Path, str])
    def test_images_and_labels_are_read_in_order(
        self, loader: SimpleNamespace, folder: Path, kind: Callable[[Path], Path | str]
    ) -> None:
        train_images, train_labels, test_images, test_labels, names = loader.load_cifar10(
            kind(folder), digests_of(folder)
        )
        assert train_images.shape == (20, 32, 32, 3)
        assert test_images.shape == (4, 32, 32, 3)
        assert train_images.dtype == test_images.dtype == np.uint8
        assert np.issubdtype(train_labels.dtype, np.integer)
        assert train_labels.tolist() == [label for seed in range(5) for label in batch(seed)[1]]
        assert test_labels.tolist() == batch(5)[1]
        assert names == NAMES

    def test_a_row_holds_three_planes(self, loader: SimpleNamespace, folder: Path) -> None:
        data, labels = batch(0)
        data[2] = 0
        data[2, 1024 + 5 * 32 + 7] = 200  # green, row 5, column 7
        write_batch(folder / "data_batch_1", data, labels)
        image = loader.load_cifar10(folder, digests_of(folder))[0][2]
        assert np.argwhere(image).tolist() == [[5, 7, 1]]
        assert image[5, 7, 1] == 200

    def test_files_of_a_new_pickle_protocol_are_read_too(self, loader: SimpleNamespace, folder: Path) -> None:
        data, labels = batch(0)
        (folder / "data_batch_1").write_bytes(pickle.dumps({b"data": data, b"labels": labels}))
        images = loader.load_cifar10(folder, digests_of(folder))[0]
        assert np.array_equal(images[0, :, :, 2].ravel(), data[0, 2048:])

    def test_warnings_of_old_files_are_not_shown(self, loader: SimpleNamespace, folder: Path) -> None:
        data, labels = batch(0)
        write(folder / "data_batch_1", {b"data": OldArray(data), b"labels": labels, b"more": Warns()})
        assert len(loader.load_cifar10(folder, digests_of(folder))[0]) == 20  # a warning would be an error here


class TestBadFolder:
    def test_not_a_folder(self, loader: SimpleNamespace, folder: Path) -> None:
        for path in (folder / "nowhere", folder / "data_batch_1"):
            with pytest.raises(FileNotFoundError, match=rf"{path} is not a folder\. Unpack cifar-10-python\.tar\.gz"):
                loader.load_cifar10(path)

    @pytest.mark.parametrize("name", FILES)
    def test_missing_file(self, loader: SimpleNamespace, folder: Path, name: str) -> None:
        digests = digests_of(folder)
        (folder / name).unlink()
        with pytest.raises(FileNotFoundError, match=rf"missing or not readable: {name} \([^,]*\)\. Unpack"):
            loader.load_cifar10(folder, digests)

    def test_all_that_is_wrong_is_named_at_once(self, loader: SimpleNamespace, folder: Path) -> None:
        digests = digests_of(folder)
        (folder / "data_batch_2").unlink()
        (folder / "test_batch").unlink()
        (folder / "test_batch").mkdir()
        (folder / "data_batch_3").write_bytes(b"")
        with pytest.raises(FileNotFoundError) as raised:
            loader.load_cifar10(folder, digests)
        missing, damaged = str(raised.value).split("; damaged: ")
        assert "data_batch_2 (" in missing
        assert "test_batch (" in missing
        assert damaged.startswith("data_batch_3 (0 bytes).")

    @pytest.mark.parametrize("name", FILES)
    def test_truncated_file(self, loader: SimpleNamespace, folder: Path, name: str) -> None:
        digests, content = digests_of(folder), (folder / name).read_bytes()
        (folder / name).write_bytes(content[:-1])
        with pytest.raises(ValueError, match=rf"damaged: {name} \({len(content) - 1} bytes\)\. Unpack"):
            loader.load_cifar10(folder, digests)

    @pytest.mark.parametrize("name", FILES)
    def test_flipped_byte(self, loader: SimpleNamespace, folder: Path, name: str) -> None:
        digests, content = digests_of(folder), bytearray((folder / name).read_bytes())
        content[len(content) // 2] ^= 1
        (folder / name).write_bytes(content)
        with pytest.raises(ValueError, match=f"damaged: {name} "):
            loader.load_cifar10(folder, digests)

    def test_tiny_files_do_not_pass_for_the_published_ones(self, loader: SimpleNamespace, folder: Path) -> None:
        with pytest.raises(ValueError, match=", ".join(rf"{name} \(\d+ bytes\)" for name in FILES)):
            loader.load_cifar10(folder)


class TestWrongContent:
    """The digest is right, but not what the file holds; that happens only with digests of one's own."""

    @pytest.mark.parametrize(
        "content",
        [
            pytest.param([1, 2], id="a list"),
            pytest.param({b"data": None}, id="no labels"),
            pytest.param({b"labels": [1, 2]}, id="no data"),
            pytest.param({b"data": OldArray(np.zeros((2, 3072), np.uint8)), b"labels": [[1], [2, 3]]}, id="ragged"),
        ],
    )
    def test_no_data_and_labels(self, loader: SimpleNamespace, folder: Path, content: object) -> None:
        write(folder / "data_batch_4", content)
        with pytest.raises(ValueError, match="data_batch_4 does not hold `data` and `labels`"):
            loader.load_cifar10(folder, digests_of(folder))

    @pytest.mark.parametrize(
        ("shape", "labels"),
        [
            pytest.param((2, 1024), [1, 2], id="grey images"),
            pytest.param((3, 3072), [1, 2], id="fewer labels than images"),
            pytest.param((2, 3072), [1, 10], id="a label that is too large"),
            pytest.param((2, 3072), [1, -1], id="a negative label"),
            pytest.param((2, 3072), [1.0, 2.0], id="labels that are no integers"),
            pytest.param((2, 3072), 1, id="one number for labels"),
        ],
    )
    def test_wrong_shapes_and_labels(
        self, loader: SimpleNamespace, folder: Path, shape: tuple[int, int], labels: object
    ) -> None:
        write_batch(folder / "test_batch", np.zeros(shape, np.uint8), labels)
        with pytest.raises(ValueError, match="test_batch does not hold N images of 3072 bytes and N labels"):
            loader.load_cifar10(folder, digests_of(folder))

    def test_images_that_are_not_bytes(self, loader: SimpleNamespace, folder: Path) -> None:
        content = {b"data": np.zeros((2, 3072)), b"labels": [1, 2]}
        (folder / "test_batch").write_bytes(pickle.dumps(content))
        with pytest.raises(ValueError, match=r"test_batch does not hold .* \(data: float64 \(2, 3072\)"):
            loader.load_cifar10(folder, digests_of(folder))

    @pytest.mark.parametrize(
        "content", [{}, [], {b"label_names": 3}, {b"label_names": ["cat"] * 10}, {b"label_names": [b"cat"]}]
    )
    def test_no_names_of_classes(self, loader: SimpleNamespace, folder: Path, content: object) -> None:
        write(folder / "batches.meta", content)
        with pytest.raises(ValueError, match=r"batches\.meta does not hold 10 `label_names`"):
            loader.load_cifar10(folder, digests_of(folder))

    def test_no_pickle(self, loader: SimpleNamespace, folder: Path) -> None:
        (folder / "data_batch_5").write_bytes(b"no pickle at all")
        with pytest.raises(ValueError, match="data_batch_5 cannot be read as a pickle"):
            loader.load_cifar10(folder, digests_of(folder))


class TestNothingIsUnpickledUnchecked:
    @pytest.fixture
    def trace(self, tmp_path: Path) -> Path:
        return tmp_path / "created by a pickle"

    def test_the_pickle_does_create_a_file_when_it_is_loaded(self, trace: Path) -> None:
        pickle.loads(pickle.dumps(CreatesFile(trace)))
        assert trace.exists()

    @pytest.mark.parametrize("name", FILES)
    def test_hostile_file_is_not_loaded(self, loader: SimpleNamespace, folder: Path, trace: Path, name: str) -> None:
        digests = digests_of(folder)
        (folder / name).write_bytes(pickle.dumps(CreatesFile(trace)))
        with pytest.raises(ValueError, match=f"damaged: {name} "):
            loader.load_cifar10(folder, digests)
        assert not trace.exists()

    def test_no_file_is_loaded_before_all_are_checked(self, loader: SimpleNamespace, folder: Path, trace: Path) -> None:
        (folder / "data_batch_1").write_bytes(pickle.dumps(CreatesFile(trace)))
        digests = digests_of(folder)  # the first file passes, so that only the last one can stop the loading
        (folder / "batches.meta").write_bytes(b"damaged")
        with pytest.raises(ValueError, match=r"damaged: batches\.meta"):
            loader.load_cifar10(folder, digests)
        assert not trace.exists()

    def test_what_is_loaded_is_what_was_checked(
        self, loader: SimpleNamespace, folder: Path, trace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        digests, read = digests_of(folder), Path.read_bytes

        def read_and_replace(path: Path) -> bytes:
            content = read(path)
            path.write_bytes(pickle.dumps(CreatesFile(trace)))
            return content

        monkeypatch.setattr(Path, "read_bytes", read_and_replace)
        assert loader.load_cifar10(folder, digests)[4] == NAMES
        assert not trace.exists()


class TestDrawnImages:
    @pytest.mark.parametrize("num", [1, 7])
    def test_shape_and_range(self, drawn: SimpleNamespace, num: int) -> None:
        images, y = drawn.make_images(num, seed=0)
        assert images.shape == (num, 32, 32, 3)
        assert images.dtype == np.float64
        assert y.shape == (num,)
        assert np.issubdtype(y.dtype, np.integer)
        assert np.all((images >= 0) & (images <= 1))

    def test_all_ten_classes_come_up_about_equally_often(self, drawn: SimpleNamespace) -> None:
        _, y = drawn.make_images(2000, seed=3)
        assert len(drawn.CLASS_NAMES) == len(set(drawn.CLASS_NAMES)) == 10
        assert np.bincount(y, minlength=10).min() > 140

    def test_neither_hue_nor_direction_alone_tells_the_class(self, drawn: SimpleNamespace) -> None:
        hues, stripes = zip(*(name.split() for name in drawn.CLASS_NAMES), strict=True)
        assert {hues.count(hue) for hue in drawn.HUES} == {2}
        assert min(stripes.count(direction) for direction in drawn.STRIPES) == 2

    def test_the_same_seed_gives_the_same_images(self, drawn: SimpleNamespace) -> None:
        (first, y_first), (again, y_again) = (drawn.make_images(5, seed=8) for _ in range(2))
        assert np.array_equal(first, again)
        assert np.array_equal(y_first, y_again)
        assert not np.array_equal(first, drawn.make_images(5, seed=9)[0])

    def test_the_global_generator_is_left_alone(self, drawn: SimpleNamespace) -> None:
        state = np.random.get_state()[1].copy()  # noqa: NPY002 (that it is not used is what is tested)
        drawn.make_images(3, seed=0)
        assert np.array_equal(state, np.random.get_state()[1])  # noqa: NPY002

    def test_centre_of_the_disc_has_the_hue_of_the_class(self, drawn: SimpleNamespace) -> None:
        images, y = drawn.make_images(400, seed=4)
        centre = rgb_to_hsv(images[:, 14:18, 14:18])[..., 0]
        expected = np.array([drawn.HUES[name.split()[0]] for name in drawn.CLASS_NAMES])[y]
        away = (centre - expected[:, np.newaxis, np.newaxis] + 0.5) % 1 - 0.5
        assert np.median(np.abs(away)) < 0.04

    def test_stripes_rise_as_their_names_say(self, drawn: SimpleNamespace) -> None:
        images, y = drawn.make_images(400, seed=5)
        by_row, by_column = np.gradient(images.mean(axis=-1), axis=(1, 2))
        inner = np.s_[:, 11:21, 11:21]
        # Twice the angle of the gradient, averaged, has a direction that does not depend on its sign.
        angle = 0.5 * np.angle(np.sum((by_column[inner] + 1j * by_row[inner]) ** 2, axis=(1, 2)), deg=True)
        # Stripes that rise to the right by 0, 45, 90, 135 degrees have gradients at 90, 45, 0, -45 (rows go down).
        expected = np.array([90.0 - drawn.STRIPES[name.split()[1]] for name in drawn.CLASS_NAMES])[y]
        assert np.median(np.abs((angle - expected + 90) % 180 - 90)) < 8
