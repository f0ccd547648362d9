"""Each optimizer against a reference of its own: torch's plain one, or the formula by hand."""

import math

import numpy as np
import pytest
import torch
from torch import nn, optim

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.specs import OPTIMIZERS, builder_of
from paribus.specs.nets import Plain
from paribus.specs.optimizers import Adam, AdamW, Lion, Muon, RmsProp, Sgd
from paribus.training.groups import parameter_groups, set_rate
from paribus.training.muon import orthogonalised

from .small import make_data, make_recipe, run


def net(layout):
    torch.manual_seed(0)
    made = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 4, 3), nn.Flatten(),
                         nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 3))  # fmt: skip
    return made.to(memory_format=layout)


def build(options, model):
    groups = parameter_groups(model, make_recipe(optimizer=options), Shape(3, 8, 8, 3), {})
    made = builder_of(OPTIMIZERS, options)(options, groups)
    set_rate(made, options.lr)
    return made


def moved(model, optimizer, steps=25):
    """The weights after some steps on the same random images."""
    random = torch.Generator().manual_seed(1)
    for _ in range(steps):
        images, labels = torch.randn(6, 3, 8, 8, generator=random), torch.tensor([0, 1, 2, 0, 1, 2])
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
    return [parameter.detach().clone() for parameter in model.parameters()]


LAYOUTS = pytest.mark.parametrize(
    "layout", [torch.contiguous_format, torch.channels_last], ids=["contiguous", "last"]
)


@LAYOUTS
@pytest.mark.parametrize(
    ("options", "plain"),
    [
        (Sgd(lr=0.05, momentum=0.0), lambda p: optim.SGD(p, lr=0.05)),
        (Sgd(lr=0.05), lambda p: optim.SGD(p, lr=0.05, momentum=0.9)),
        (
            Sgd(lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
            lambda p: optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.01),
        ),
        (Adam(), lambda p: optim.Adam(p, lr=1e-3)),
        (
            Adam(lr=0.01, beta1=0.8, beta2=0.95, epsilon=1e-3, weight_decay=0.1),
            lambda p: optim.Adam(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
        ),
        (AdamW(), lambda p: optim.AdamW(p, lr=1e-3, weight_decay=0.01)),
        (
            AdamW(lr=0.01, beta1=0.8, beta2=0.95, epsilon=1e-3, weight_decay=0.1),
            lambda p: optim.AdamW(p, lr=0.01, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
        ),
        (RmsProp(), lambda p: optim.RMSprop(p, lr=1e-3, alpha=0.99)),
        (
            RmsProp(lr=0.005, memory=0.9, momentum=0.5, centred=True, epsilon=1e-3, weight_decay=0.1),
            lambda p: optim.RMSprop(
                p, lr=0.005, alpha=0.9, momentum=0.5, centered=True, eps=1e-3, weight_decay=0.1
            ),
        ),
    ],
    ids=lambda value: "torch's" if callable(value) else repr(value),
)
def test_the_fused_optimizer_moves_as_torchs_plain_one(options, plain, layout):
    ours, theirs = net(layout), net(torch.contiguous_format)
    found = moved(ours, build(options, ours))
    expected = moved(theirs, plain(theirs.parameters()))
    start = list(net(layout).parameters())
    for one, other, first in zip(found, expected, start, strict=True):
        assert torch.allclose(one, other, rtol=1e-3, atol=2e-5)
        assert not torch.allclose(one, first, rtol=1e-3, atol=2e-5)


@pytest.mark.parametrize("options", [Sgd(nesterov=True), Adam(), AdamW()])
def test_it_is_the_fused_one(options):
    made = build(options, net(torch.channels_last))
    assert [group["fused"] for group in made.param_groups] == [True]


# --- Lion and Muon, number by number in double precision


def lion_by_hand(weights, gradients, kept, options):
    for name, weight in weights.items():
        gradient, mean = gradients[name], kept.setdefault(name, np.zeros_like(weight))
        step = np.sign(options.beta1 * mean + (1 - options.beta1) * gradient)
        weight -= options.lr * (step + options.weight_decay * weight)  # noqa: PLW2901  in place
        kept[name] = options.beta2 * mean + (1 - options.beta2) * gradient


def muon_by_hand(weights, gradients, kept, options):
    first, *_, last = [name for name, weight in weights.items() if weight.ndim > 1]
    for name, weight in weights.items():
        gradient, hidden = gradients[name], weight.ndim > 1 and name not in {first, last}
        weight *= 1 - (options.lr if hidden else options.rest_lr) * options.weight_decay  # noqa: PLW2901  in place
        if hidden or options.rest == "sgd":
            kept[name] = options.momentum * kept.get(name, 0.0) + gradient
            ahead = gradient + options.momentum * kept[name]
        if hidden:
            matrix = newton_schulz(ahead.reshape(len(ahead), -1), options.iterations)
            scale = math.sqrt(max(1, matrix.shape[0] / matrix.shape[1]))
            weight -= options.lr * scale * matrix.reshape(weight.shape)  # noqa: PLW2901  in place
        elif options.rest == "sgd":
            weight -= options.rest_lr * ahead  # noqa: PLW2901  in place
        else:
            mean, square, count = kept.get(name, (0.0, 0.0, 0))
            mean, square, count = 0.9 * mean + 0.1 * gradient, 0.95 * square + 0.05 * gradient**2, count + 1
            kept[name] = (mean, square, count)
            divisor = np.sqrt(square / (1 - 0.95**count)) + 1e-8
            weight -= options.rest_lr * mean / (1 - 0.9**count) / divisor  # noqa: PLW2901  in place


def newton_schulz(matrix, iterations):
    """By the singular values alone: each goes through the polynomial, the vectors stay."""
    left, values, right = np.linalg.svd(matrix, full_matrices=False)
    values = values / np.linalg.norm(values)
    for _ in range(iterations):
        values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
    return left @ np.diag(values) @ right


@LAYOUTS
@pytest.mark.parametrize(
    ("options", "by_hand"),
    [
        (Lion(lr=0.003), lion_by_hand),
        (Lion(lr=0.003, beta1=0.8, beta2=0.9, weight_decay=0.5), lion_by_hand),
        (Muon(), muon_by_hand),
        (Muon(lr=0.05, momentum=0.8, weight_decay=0.3, iterations=3, rest="sgd", rest_lr=0.02), muon_by_hand),
        (Muon(lr=0.1, weight_decay=0.2, rest_lr=0.004), muon_by_hand),
    ],
    ids=lambda value: getattr(value, "__name__", None) or repr(value),
)
def test_it_moves_as_its_formula_does(options, by_hand, layout):
    model, kept = net(layout), {}
    optimizer = build(options, model)
    first = {name: value.detach().numpy().astype(np.float64) for name, value in model.named_parameters()}
    weights = {name: value.copy() for name, value in first.items()}
    random = np.random.default_rng(0)
    for _ in range(8):
        gradients = {name: random.normal(size=value.shape) for name, value in weights.items()}
        for name, parameter in model.named_parameters():
            parameter.grad = torch.from_numpy(gradients[name].astype(np.float32)).to(memory_format=(
                layout if parameter.ndim == 4 else torch.contiguous_format))  # fmt: skip
        optimizer.step()
        by_hand(weights, gradients, kept, options)
    for name, parameter in model.named_parameters():
        found = parameter.detach().numpy()
        assert np.allclose(found, weights[name], atol=1e-5), name
        assert not np.allclose(found, first[name], atol=1e-3), name


@pytest.mark.parametrize("shape", [(8, 8), (16, 100), (100, 16), (1, 9), (128, 300)])
@pytest.mark.parametrize("half", [False, True])
def test_an_orthogonalised_matrix_keeps_its_directions_and_has_values_near_1(shape, half):
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    found = orthogonalised(matrix, 9, half=half)
    assert found.dtype == torch.float32
    values = torch.linalg.svdvals(found)
    assert 0.6 < float(values.min()) <= float(values.max()) < 1.25
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    inside = left.T @ found @ right.T
    assert float((inside - torch.diag(inside.diagonal())).abs().max()) < (0.05 if half else 1e-3)


def test_a_net_without_hidden_weights_is_refused_by_muon():
    with pytest.raises(SpecError, match="has none there; use adamw, or a deeper net"):
        build(Muon(), nn.Sequential(nn.Flatten(), nn.Linear(192, 8), nn.ReLU(), nn.Linear(8, 3)))


def test_a_gradient_of_nothing_moves_nothing():
    assert torch.equal(orthogonalised(torch.zeros(4, 9), 5, half=False), torch.zeros(4, 9))


@pytest.mark.parametrize(
    "optimizer",
    [Sgd(), Adam(lr=0.01), AdamW(lr=0.01), RmsProp(lr=0.003), Lion(lr=1e-3), Muon(),
     Muon(rest="sgd", rest_lr=0.05)],
    ids=lambda options: f"{options.name}-{options.lr}",
)  # fmt: skip
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_something_is_learned_with_it(optimizer, precision):
    recipe = make_recipe(
        net=Plain(widths=(6, 8), batch_norm=True), epochs=15, optimizer=optimizer, precision=precision
    )
    history = run(recipe, make_data(200)).history
    assert history[-1].validation_accuracy > 0.9
    assert history[-1].validation_loss < 0.3 < history[0].step_losses[0]
