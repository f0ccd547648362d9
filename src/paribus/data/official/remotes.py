"""Where the official distributions are had from: names, sizes, SHA-256 and addresses, and nothing else."""

from paribus.data.official.distributions import Wanted
from paribus.data.official.download import Remote

# Sizes and SHA-256 of SVHN, STL-10 and both MNISTs are those of TensorFlow Datasets (url_checksums/), those
# of CIFAR those of Keras (datasets/cifar10.py, cifar100.py). Addresses are those of torchvision 0.28, of
# TensorFlow Datasets and of the sets' own pages.

_SVHN = "http://ufldl.stanford.edu/housenumbers/"
_MNIST = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
_FASHION = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
)


def _remote(name: str, size: int, sha256: str, *folders: str) -> Remote:
    return Remote(name, size, sha256, tuple(folder + name for folder in folders))


def _idx(name: str, size: int, sha256: str, folders: tuple[str, ...]) -> Wanted:
    return Wanted(_remote(f"{name}.gz", size, sha256, *folders), (name, name.replace("-idx", ".idx")))


SVHN = {
    "train": Wanted(
        _remote(
            "train_32x32.mat",
            182_040_794,
            "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
            _SVHN,
        )
    ),
    "test": Wanted(
        _remote(
            "test_32x32.mat",
            64_275_384,
            "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
            _SVHN,
        )
    ),
    "extra": Wanted(
        _remote(
            "extra_32x32.mat",
            1_329_278_602,
            "a133a4beb38a00fcdda90c9489e0c04f900b660ce8a316a5e854838379a71eb3",
            _SVHN,
        )
    ),
}
CIFAR10 = Wanted(
    _remote(
        "cifar-10-python.tar.gz",
        170_498_071,
        "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
        "https://www.cs.toronto.edu/~kriz/",
    ),
    ("cifar-10-batches-py",),
    sign="data_batch_1",
)
CIFAR100 = Wanted(
    _remote(
        "cifar-100-python.tar.gz",
        169_001_437,
        "85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        "https://www.cs.toronto.edu/~kriz/",
    ),
    ("cifar-100-python",),
    sign="train",
)
STL10 = Wanted(
    _remote(
        "stl10_binary.tar.gz",
        2_640_397_119,
        "f31fd99273a1acb8609c8db427cebb1de3f71de77758cdc0e22956e1289b9866",
        "http://ai.stanford.edu/~acoates/stl10/",
        "https://cs.stanford.edu/~acoates/stl10/",
    ),
    ("stl10_binary",),
    sign="train_X.bin",
)
MNIST = {
    "train images": _idx(
        "train-images-idx3-ubyte",
        9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        _MNIST,
    ),
    "train labels": _idx(
        "train-labels-idx1-ubyte",
        28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        _MNIST,
    ),
    "test images": _idx(
        "t10k-images-idx3-ubyte",
        1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        _MNIST,
    ),
    "test labels": _idx(
        "t10k-labels-idx1-ubyte",
        4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        _MNIST,
    ),
}
FASHION_MNIST = {
    "train images": _idx(
        "train-images-idx3-ubyte",
        26_421_880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        _FASHION,
    ),
    "train labels": _idx(
        "train-labels-idx1-ubyte",
        29_515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        _FASHION,
    ),
    "test images": _idx(
        "t10k-images-idx3-ubyte",
        4_422_102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        _FASHION,
    ),
    "test labels": _idx(
        "t10k-labels-idx1-ubyte",
        5_148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
        _FASHION,
    ),
}
