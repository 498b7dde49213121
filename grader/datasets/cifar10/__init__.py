"""CIFAR-10: ten classes of 32x32 RGB images, in the format of its binary version."""

from collections.abc import Mapping

from grader.datasets.dataset import DataFile, Dataset, Download, Preprocessing

__all__ = ["CIFAR10"]


def _downloads() -> Mapping[str, Download]:
    # pooch and Pillow take half a second to import, and only a fetch needs them.
    from grader.datasets.cifar10.download import DOWNLOADS

    return DOWNLOADS


CIFAR10 = Dataset(
    name="cifar10",
    title="CIFAR-10",
    classes=(
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
    shape=(3, 32, 32),
    test_set=DataFile(
        name="test_batch.bin",
        sha256="8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b",
        images=10_000,
    ),
    sample=DataFile(
        name="sample_batch.bin",
        sha256="2874326af7bc2185faa47540a6da15a077e5b66659f8e479abb9ab628170fa86",
        images=1_000,
    ),
    preprocessing=Preprocessing(  # ImageNet's, on which the lab's network was trained
        side=224, mean=(0.485, 0.456, 0.406), deviation=(0.229, 0.224, 0.225)
    ),
    downloads=_downloads,
    fetch_megabytes=350,
)
