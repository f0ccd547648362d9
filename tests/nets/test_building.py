import itertools

import numpy as np
import pytest
import torch
from torch.nn import functional

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.building import build_net
from paribus.specs.nets import Compact, Fast, Lenet5, Linear, Mlp, Plain, Separable
from paribus.specs.tables import UserOptions

from .counting import count_parameters

NETS = [
    Linear(),
    Mlp(hidden=(20, 10)),
    Mlp(hidden=(20, 10), batch_norm=True, dropout=0.2),
    Lenet5(),
    Lenet5(dropout=0.3),
    Plain(widths=(8, 6)),
    Plain(widths=(8, 6), batch_norm=True, dropout=0.2, fully_connected=(9,)),
    Plain(widths=(8, 6), global_pooling=True, kernel=5, pooling="average"),
    Plain(widths=(8, 6), pooling="none", kernel=1),
    Plain(widths=(8, 6), kernel=(5, 3), stride=(2, 1), padding=("none", "same"), pooling=("none", "max")),
    Plain(widths=(8, 6), dropout=0.3, dropout_in="last", pooling_window=3, pooling_stride=1),
    Separable(widths=(24, 12), dropout=0),
    Separable(widths=(6, 8), depth=1, kernel=3, parallel=(3,), batch_norm=True),
    Compact(widths=(4, 6)),
    Compact(widths=(4, 6), depth=2, dropout=0.2),
    Fast(widths=(6, 8)),
    Fast(widths=(6, 8), residual=True, norm_scale=True, activation="relu", first_weights="uniform"),
]

USERS = """
import numpy as np
import torch
from torch import nn

class Own(nn.Module):
    def __init__(self, classes, width=4, rates=0.0):
        super().__init__()
        self.first = nn.Conv2d(3, width, 3)
        self.scale = nn.Parameter(torch.randn(width))
        self.last = nn.Linear(width, classes)

    def forward(self, x):
        return self.last((self.first(x).mean((2, 3)) * self.scale))

class LooksAtItself(Own):
    def __init__(self, classes):
        super().__init__(classes)
        self.rates = [rate.item() for rate in torch.linspace(0, 0.1, 4)]
        self.drawn = float(self.scale.detach().numpy()[0])

class Lazy(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.last = nn.LazyLinear(classes)

def made_by_a_function(classes):
    return nn.Sequential(nn.Flatten(), nn.Linear(48, classes))

def no_net(classes):
    return np.zeros(classes)

def fitted(classes, channels, height, width):
    return nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, classes))

def broken(classes):
    raise ZeroDivisionError("its own mistake")
"""


@pytest.fixture(scope="module")
def users(tmp_path_factory):
    """A module of the user's; its name."""
    folder = tmp_path_factory.mktemp("users")
    (folder / "users_own_nets.py").write_text(USERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield "users_own_nets"


def begins_as_nothing(options):
    """Blocks whose last norm starts at zero: what stands before it learns from the second step on."""
    return isinstance(options, Compact)


def own(module, name, **arguments):
    return UserOptions(name=f"{module}:{name}", **arguments)


@pytest.mark.parametrize("options", NETS, ids=repr)
def test_every_net_goes_forward_and_backward_at_every_size(options):
    for channels, (height, width), classes in itertools.product(
        (1, 3), [(16, 16), (28, 28), (17, 40)], (2, 10)
    ):
        net = build_net(options, Shape(channels, height, width, classes), 0)
        images = torch.rand(4, channels, height, width, generator=torch.Generator().manual_seed(0))
        logits = net(images)
        assert logits.shape == (4, classes)
        functional.cross_entropy(logits, torch.tensor([0, 1, 1, 0])).backward()
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name
            if not getattr(options, "dropout", 0) and not begins_as_nothing(options):
                assert parameter.grad.any(), name


@pytest.mark.parametrize("options", NETS, ids=repr)
def test_counting_agrees_with_the_built_net_and_draws_nothing(options):
    shape = Shape(3, 20, 20, 7)
    before = torch.get_rng_state()
    counted = count_parameters(options, shape)
    net = build_net(options, shape, 0)
    assert torch.equal(torch.get_rng_state(), before)
    assert counted == sum(parameter.numel() for parameter in net.parameters())
    assert all(parameter.device.type == "cpu" for parameter in net.parameters())


def test_counting_allocates_nothing():
    assert count_parameters(Mlp(hidden=(65_536, 65_536)), Shape(3, 1000, 1000, 10)) > 2e11


# --- the user's own


def state(net):
    return {name: value.clone() for name, value in net.state_dict().items()}


def test_a_users_net_is_built_with_its_options_and_seeded_from_the_run(users):
    shape = Shape(3, 8, 8, 5)
    nets = [build_net(own(users, "Own", width=6), shape, seed) for seed in (0, 0, 1)]
    assert nets[0](torch.zeros(2, 3, 8, 8)).shape == (2, 5)
    first, again, other = map(state, nets)
    assert first["first.weight"].shape == (6, 3, 3, 3)
    assert all(torch.equal(value, again[name]) for name, value in first.items())
    assert not any(torch.equal(value, other[name]) for name, value in first.items())


def test_the_global_generator_neither_matters_to_a_users_net_nor_moves(users):
    torch.manual_seed(1)
    first = state(build_net(own(users, "Own"), Shape(3, 8, 8, 5), 0))
    torch.manual_seed(2)
    before = torch.get_rng_state()
    again = state(build_net(own(users, "Own"), Shape(3, 8, 8, 5), 0))
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(value, again[name]) for name, value in first.items())


def test_a_function_that_makes_a_net_will_do(users):
    assert count_parameters(own(users, "made_by_a_function"), Shape(3, 4, 4, 5)) == 49 * 5


def test_a_net_that_looks_at_its_own_numbers_is_counted_too(users):
    assert count_parameters(own(users, "LooksAtItself"), Shape(3, 4, 4, 5)) == 112 + 4 + 25


def test_lazy_layers_are_refused(users):
    with pytest.raises(SpecError) as caught:
        count_parameters(own(users, "Lazy"), Shape(3, 4, 4, 5))
    assert str(caught.value) == (
        f"net '{users}:Lazy': holds lazy layers, whose sizes follow from the first batch; "
        "expected layers of stated sizes"
    )


@pytest.mark.parametrize("build", [lambda o, s: build_net(o, s, 0), count_parameters], ids=["build", "count"])
def test_what_cannot_be_built_is_refused_clearly(users, build):
    shape = Shape(3, 8, 8, 5)
    for options, message in [
        (own(users, "Own", widht=3), "'widht'. It was called with classes=5, "),
        (own(users, "broken"), f"net '{users}:broken': ZeroDivisionError: its own mistake. It was"),
        (own(users, "no_net"), f"net '{users}:no_net': made a ndarray; expected a torch.nn.Module"),
        (own(users, "Nowhere"), f"cannot import '{users}:Nowhere': AttributeError: "),
        (own("no_such_module", "Own"), "cannot import 'no_such_module:Own': ModuleNotFoundError: "),
    ]:  # fmt: skip
        with pytest.raises(SpecError) as caught:
            build(options, shape)
        assert message in str(caught.value)


class TestAUsersNetIsTriedOnTwoImages:
    def test_what_it_raises_is_told_with_its_place(self, users):
        with pytest.raises(
            SpecError, match=r"given 2 images of 4 x 8 x 8, its forward raised RuntimeError: "
        ):
            count_parameters(own(users, "Own"), Shape(4, 8, 8, 5))

    def test_what_it_gives_must_be_one_number_a_class(self, users):
        with pytest.raises(SpecError, match=r"it gave \(2, 3\); expected \(2, 5\)"):
            count_parameters(own(users, "Own", classes=3), Shape(3, 8, 8, 5))

    def test_it_learns_the_shape_of_images_where_it_asks_for_it(self, users):
        assert count_parameters(own(users, "fitted"), Shape(2, 3, 4, 5)) == (2 * 3 * 4 + 1) * 5


def test_numpys_generator_is_not_touched(users):
    np.random.seed(0)  # noqa: NPY002  the global one is what is looked at
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    build_net(Plain(), Shape(3, 8, 8, 5), 0)
    build_net(own(users, "Own"), Shape(3, 8, 8, 5), 0)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002
