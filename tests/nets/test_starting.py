"""What a net becomes that starts from weights: against what `start` says of it, tensor by tensor."""

import copy

import pytest
import torch
from torch.nn import functional

from paribus.errors import SpecError
from paribus.nets import Shape
from paribus.nets.anatomy import head_of
from paribus.nets.building import build_net, outline_net
from paribus.nets.starting import hold_norms, known_hidden, start_net
from paribus.specs.architectures import MobileNetV2, Resnet
from paribus.specs.nets import Lenet5, Mlp, Plain
from paribus.specs.start import StartSpec
from paribus.specs.tables import UserOptions

from .counting import count_parameters

ANIMALS = ("cat", "dog", "owl")
PLANTS = ("oak", "owl", "ivy", "cat")
COLOUR = Shape(3, 32, 32, 3)
NORMED = Plain(widths=(4, 5, 6), batch_norm=True, dropout=0.2, fully_connected=(7,))
NOWHERE = "matches no parameter of this net; it has conv1.weight to last.bias."
USERS = """
from torch import nn

class Own(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.last = nn.Linear(4, classes)  # made first, called last
        self.first = nn.Conv2d(3, 4, 3)

    def forward(self, x):
        return self.last(self.first(x).mean((2, 3)))

class TwoHeads(Own):
    def forward(self, x):
        return super().forward(x) + super().forward(x.flip(3)) * 2

class Layered(Own):
    def __init__(self, classes):
        super().__init__(classes)
        self.last = nn.Sequential()
        self.last.linear1 = nn.Linear(4, 6)
        self.last.linear2 = nn.Linear(6, classes)

    def get_classifier(self):
        return self.last

class PartlyFixed(Own):
    def __init__(self, classes):
        super().__init__(classes)
        self.first.weight.requires_grad_(False)

class Told(TwoHeads):
    def get_classifier(self):
        return self.last
"""


def start(**given):
    return StartSpec.model_validate({"weights": "a file"} | given)


def known(options=NORMED, shape=COLOUR, hidden=()):
    """Weights that stand for trained ones."""
    state = build_net(options, shape, 1, hidden).state_dict()
    return {name: value.clone() for name, value in state.items()}


def started(options=NORMED, classes=ANIMALS, known_classes=ANIMALS, weights=None, **given):
    shape = Shape(3, 32, 32, len(classes))
    spec = start(**given)
    net = build_net(options, shape, 0, spec.hidden)
    first = {name: value.clone() for name, value in net.state_dict().items()}
    before = known() if weights is None else weights
    found = start_net(net, before, spec, shape, classes=classes, known_classes=known_classes)
    return net, found, first, before


def origins(net, first, before):
    """Tensor -> whether it is as drawn, or as it was before."""
    return {
        name: "drawn" if torch.equal(value, first[name]) else
        "before" if name in before and torch.equal(value, before[name]) else "mixed"
        for name, value in net.state_dict().items() if value.is_floating_point() and value.std() > 0
    }  # fmt: skip


class TestTheHead:
    @pytest.mark.parametrize(
        ("classes", "known_classes", "head", "expected"),
        [
            (ANIMALS, ANIMALS, "auto", "before"),
            (ANIMALS[::-1], ANIMALS, "auto", "drawn"),
            (ANIMALS, None, "auto", "drawn"),
            (ANIMALS, ANIMALS, "new", "drawn"),
            (ANIMALS, None, "keep", "before"),
            (PLANTS, ANIMALS, "auto", "drawn"),
        ],
    )
    def test_is_kept_or_new(self, classes, known_classes, head, expected):
        net, found, first, before = started(classes=classes, known_classes=known_classes, head=head)
        origin = origins(net, first, before)
        assert origin.pop("last.weight") == origin.pop("last.bias") == expected
        assert set(origin.values()) == {"before"}
        assert found.new == (("last.weight", "last.bias") if expected == "drawn" else ())

    def test_is_mapped_by_the_names_of_classes(self):
        net, found, first, before = started(classes=PLANTS, head="map")
        for kind in ("last.weight", "last.bias"):
            value = net.state_dict()[kind]
            for row, name in enumerate(PLANTS):
                wanted = before[kind][ANIMALS.index(name)] if name in ANIMALS else first[kind][row]
                assert torch.equal(value[row], wanted)
        assert found.new == ("last.weight", "last.bias")

    def test_that_is_mapped_whole_is_not_new(self):
        _, found, _, _ = started(classes=("owl", "cat"), head="map", lr_scale=0.1)
        assert found.new == ()
        assert set(found.scales.values()) == {0.1}

    def test_of_other_classes_cannot_be_kept(self):
        with pytest.raises(SpecError) as caught:
            started(classes=PLANTS, head="keep")
        assert str(caught.value) == (
            "start.head: 'keep' wants the same classes in the same order; the weights know 'cat', 'dog', "
            "'owl', the data 'oak', 'owl', 'ivy' and 1 more. Set start.head = 'new' or 'map'"
        )

    def test_cannot_be_mapped_where_no_class_is_the_same_or_none_is_known(self):
        with pytest.raises(SpecError, match="'map' finds no class of the data among those of the weights"):
            started(classes=("oak", "ivy"), head="map")
        with pytest.raises(SpecError, match="'map' wants to know which classes the weights were trained for"):
            started(known_classes=None, head="map")
        with pytest.raises(SpecError, match=r"last.weight of the weights has 3 rows for 4 known classes"):
            started(known_classes=(*ANIMALS, "elk"), head="map")


class TestHiddenLayers:
    def test_leave_the_body_as_it_was_and_are_new(self):
        net, found, first, before = started(hidden=[9, 8], train="head")
        assert [name for name, origin in origins(net, first, before).items() if origin == "drawn"] == [
            "last.linear1.weight", "last.linear1.bias", "last.linear2.weight", "last.linear2.bias",
            "last.last.weight", "last.last.bias",
        ]  # fmt: skip
        assert found.new == found.trained
        assert net(torch.rand(2, 3, 32, 32)).shape == (2, 3)
        assert found.layers == (3, 7)

    def test_are_counted_without_being_made(self):
        for options in (NORMED, MobileNetV2(), Resnet()):
            net = build_net(options, COLOUR, 0, (9, 8))
            assert count_parameters(options, COLOUR, (9, 8)) == sum(p.numel() for p in net.parameters())

    def test_begin_by_the_seed_and_disturb_no_other_weight(self):
        one, again, other = (build_net(NORMED, COLOUR, seed, (9,)).state_dict() for seed in (0, 0, 1))
        without = build_net(NORMED, COLOUR, 0).state_dict()
        assert torch.equal(one["last.linear1.weight"], again["last.linear1.weight"])
        assert not torch.equal(one["last.linear1.weight"], other["last.linear1.weight"])
        assert all(torch.equal(one[name], without[name]) for name in without if name in one)

    def test_of_an_earlier_start_are_seen_in_its_weights(self):
        weights = known(hidden=(9, 8))
        assert known_hidden(weights, "last") == (9, 8)
        assert known_hidden(known(), "last") == ()
        assert known_hidden({**known(), "fc.last.linear1.weight": torch.ones(2, 2)}, "last") == ()

    @pytest.mark.parametrize(("before", "hidden"), [((9, 8), ()), ((), (9,)), ((9,), (9,))])
    def test_of_one_side_alone_make_the_head_new_though_the_classes_are_the_same(self, before, hidden):
        net, found, first, weights = started(weights=known(hidden=before), hidden=list(hidden))
        origin = origins(net, first, weights)
        assert {name for name, kind in origin.items() if kind == "drawn"} == set(found.new)
        assert set(found.new) == {name for name in origin if name.startswith("last.")}

    def test_that_are_the_nets_own_are_kept(self, users):
        options = users("Layered")
        weights = known(options)
        net, found, _, _ = started(options, weights=weights)
        assert found.new == ()
        assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())

    def test_of_both_sides_are_kept_where_the_run_does_not_ask_for_new_ones(self):
        weights = known(hidden=(9, 8))
        net = build_net(NORMED, COLOUR, 0, (9, 8))
        start_net(net, weights, start(), COLOUR, classes=ANIMALS, known_classes=ANIMALS)
        assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())


class TestWhatTrains:
    @pytest.mark.parametrize(
        ("train", "modules"),
        [
            ("all", "conv1 conv1_norm conv2 conv2_norm conv3 conv3_norm linear1 last"),
            ("head", "last"),
            ("last:1", "last"),
            ("last:2", "linear1 last"),
            ("last:3", "conv3 conv3_norm linear1 last"),
            ("last:5", "conv1 conv1_norm conv2 conv2_norm conv3 conv3_norm linear1 last"),
            (["conv1*"], "conv1 conv1_norm"),
            (["*.bias", "conv1.weight"], "conv1 conv1_norm conv2 conv2_norm conv3 conv3_norm linear1 last"),
        ],
    )
    def test_is_said_by_a_word_or_patterns(self, train, modules):
        net, found, _, _ = started(train=train)
        assert list(dict.fromkeys(name.rpartition(".")[0] for name in found.trained)) == modules.split()
        wanted = {name: parameter.requires_grad for name, parameter in net.named_parameters()}
        assert {name for name, trains in wanted.items() if trains} == set(found.trained)
        assert {name for name, trains in wanted.items() if not trains} == set(found.frozen)
        functional.cross_entropy(net(torch.rand(4, 3, 32, 32)), torch.tensor([0, 1, 2, 0])).backward()
        assert {name for name, p in net.named_parameters() if p.grad is not None} == set(found.trained)

    def test_always_holds_what_is_new(self):
        _, found, _, _ = started(head="new", train=["conv1.weight"])
        assert found.trained == ("conv1.weight", "last.weight", "last.bias")

    @pytest.mark.parametrize(
        ("train", "message"),
        [
            (
                "last:6",
                "'last:6' names more layers than the 5 of this net; set start.train = 'all', or fewer",
            ),
            (["conv9.*"], f"'conv9.*' {NOWHERE} A * stands for any characters"),
            (["conv1.weigth"], f"'conv1.weigth' {NOWHERE} Did you mean 'conv1.weight'?"),
        ],
    )
    def test_must_be_there(self, train, message):
        with pytest.raises(SpecError) as caught:
            started(train=train)
        assert str(caught.value) == f"start.train: {message}"

    def test_is_told_in_a_sentence(self):
        _, found, _, _ = started(train="last:2")
        assert found.numbers[0] == 6 * 16 * 7 + 7 + 7 * 3 + 3
        assert found.describe() == (
            f"trains 2 of 5 layers, 703 of {found.numbers[1]:,} parameters: linear1.weight, linear1.bias, "
            "last.weight, ..."
        )


class TestTheLearningRate:
    def test_is_scaled_for_all_but_what_is_new(self):
        _, found, _, _ = started(head="new", lr_scale=0.1)
        assert found.scales == {name: 1.0 if name.startswith("last") else 0.1 for name in found.trained}

    def test_is_scaled_by_patterns(self):
        _, found, _, _ = started(head="new", lr_scale={"conv*": 0.1, "last.bias": 2})
        assert found.scales["conv3_norm.bias"] == 0.1
        assert found.scales["linear1.weight"] == found.scales["last.weight"] == 1
        assert found.scales["last.bias"] == 2

    def test_patterns_that_differ_on_a_parameter_or_match_none_are_refused(self):
        with pytest.raises(SpecError) as caught:
            started(lr_scale={"conv*": 0.1, "*.weight": 0.2})
        assert str(caught.value) == (
            "start.lr_scale: conv1.weight matches several patterns that give 0.1 and 0.2; make one of them "
            "narrower"
        )
        started(lr_scale={"conv*": 0.1, "*": 0.1})
        with pytest.raises(SpecError, match=r"start.lr_scale: 'body.\*' matches no parameter"):
            started(lr_scale={"body.*": 0.1})


def trained_modes(net):
    return {name for name, module in net.named_modules() if module.training}


class TestNorms:
    """In training mode, as every step sees the net."""

    def settled(self, **given):
        net, found, _, _ = started(**given)
        hold_norms(net, found)
        net.train()
        before = {name: value.clone() for name, value in net.state_dict().items()}
        net(torch.rand(4, 3, 32, 32))
        moved = {name for name, value in net.state_dict().items() if not torch.equal(value, before[name])}
        return net, {name.rpartition(".")[0] for name in moved}

    @pytest.mark.parametrize(
        ("given", "moved"),
        [
            ({"train": "head"}, set()),
            ({"train": "last:3"}, {"conv3_norm"}),
            ({"train": "last:4"}, {"conv2_norm", "conv3_norm"}),
            ({"train": ["conv2.weight"]}, {"conv2_norm"}),
            ({"train": "all"}, {"conv1_norm", "conv2_norm", "conv3_norm"}),
            ({"train": "head", "norms": "updated"}, {"conv1_norm", "conv2_norm", "conv3_norm"}),
        ],
    )
    def test_of_layers_that_do_not_train_keep_their_statistics(self, given, moved):
        assert self.settled(**given)[1] == moved

    @pytest.mark.parametrize(
        ("train", "drawing"),
        [
            ("all", {"conv1_dropout", "conv2_dropout", "conv3_dropout", "linear1_dropout"}),
            ("head", {"linear1_dropout"}),
            ("last:2", {"conv3_dropout", "linear1_dropout"}),
            ("last:4", {"conv1_dropout", "conv2_dropout", "conv3_dropout", "linear1_dropout"}),
        ],
    )
    def test_dropout_that_is_done_before_what_trains_is_off(self, train, drawing):
        net, _ = self.settled(train=train)
        assert {name for name in trained_modes(net) if name.endswith("dropout")} == drawing

    def test_stay_so_in_a_copy_of_the_net_and_after_each_call_of_train(self):
        net, _ = self.settled(train="head")
        twin = copy.deepcopy(net)
        for one in (net, twin):
            for _ in range(2):
                one.train()
                one(torch.rand(2, 3, 32, 32))
                assert not one.get_submodule("conv1_norm").training
                assert one.get_submodule("linear1_dropout").training

    def test_of_a_net_that_is_evaluated_are_left_alone(self):
        net, _ = self.settled(train="all")
        net.eval()
        net(torch.rand(2, 3, 32, 32))
        assert not trained_modes(net)


class TestWhatDoesNotFit:
    def refusal(self, **given):
        with pytest.raises(SpecError) as caught:
            started(**given)
        return str(caught.value)

    def test_of_another_net_is_told_with_the_names(self):
        weights = known(Mlp(hidden=(4,), batch_norm=True))
        assert self.refusal(weights=weights) == (
            "start: the weights do not fit the net: it lacks conv1.weight, conv1.bias, conv1_norm.weight and "
            "15 more; it has no place for linear1_norm.weight, linear1_norm.bias, linear1_norm.running_mean "
            "and 2 more; of another shape linear1.weight (4 x 3072 where the net has 7 x 96), linear1.bias "
            "(4 where the net has 7), last.weight (3 x 4 where the net has 3 x 7). They were made with other "
            "options of the net, or by another one"
        )

    def test_under_other_names_is_told_so(self):
        weights = {f"model.{name}": value for name, value in known().items()}
        assert self.refusal(weights=weights).endswith(
            "No name is the same: another net's, or named otherwise, such as model.conv1.weight"
        )

    def test_of_images_with_other_channels_is_told_so(self):
        weights = known(shape=Shape(1, 32, 32, 3))
        assert self.refusal(weights=weights) == (
            "start: the weights do not fit the net: of another shape conv1.weight (4 x 1 x 3 x 3 where the "
            "net has 4 x 3 x 3 x 3). They want images of another number of channels, 1 for 3: see data.gray"
        )

    def test_as_a_tensor_less_or_more_is_refused(self):
        weights = known()
        del weights["conv2.bias"]
        assert "it lacks conv2.bias. They" in self.refusal(weights=weights)
        assert "no place for extra. They" in self.refusal(weights=known() | {"extra": torch.zeros(1)})

    def test_as_numbers_that_are_whole_or_not_finite_are_refused(self):
        whole = known() | {"conv2.bias": torch.zeros(5, dtype=torch.uint8)}
        assert self.refusal(weights=whole) == (
            "start: the weights do not fit the net: of another kind conv2.bias (uint8). Save them as the "
            "kind of number that the net has: quantised weights are not read"
        )
        whole = {name: value.to(torch.int8) for name, value in known().items()}
        refusal = self.refusal(weights=whole)
        assert "of another kind conv1.weight (int8), conv1.bias (int8)," in refusal
        assert "channels" not in refusal
        broken = known() | {"conv2.bias": torch.full((5,), torch.nan)}
        assert (
            self.refusal(weights=broken) == "start: the weights hold numbers that are not finite: conv2.bias"
        )

    def test_as_the_head_alone_is_told_so(self):
        weights = {name: value for name, value in known().items() if name.startswith("last")}
        assert self.refusal(weights=weights, head="new") == (
            "start: the weights hold the head alone, such as last.weight, and start.head = 'new' leaves it "
            "out; give weights of the whole net"
        )
        assert "it lacks conv1.weight" in self.refusal(weights=weights, head="keep")

    def test_leaves_the_net_as_it_was(self):
        net = build_net(NORMED, COLOUR, 0)
        before = {name: value.clone() for name, value in net.state_dict().items()}
        weights = known()
        del weights["linear1.bias"]
        with pytest.raises(SpecError):
            start_net(net, weights, start(), COLOUR, classes=ANIMALS, known_classes=ANIMALS)
        assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())

    def test_counters_of_norms_may_be_missing(self):
        weights = {name: value for name, value in known().items() if "tracked" not in name}
        net, _, first, before = started(weights=weights)
        assert set(origins(net, first, before).values()) == {"before"}

    def test_half_precision_fits(self):
        weights = {
            name: value.half() if value.is_floating_point() else value for name, value in known().items()
        }
        net, _, _, _ = started(weights=weights)
        assert torch.equal(net.state_dict()["conv1.weight"], weights["conv1.weight"].float())

    def test_counters_in_half_precision_fit_too(self):
        weights = known()
        weights["conv1_norm.num_batches_tracked"] += 7
        net, _, _, _ = started(weights={name: value.half() for name, value in weights.items()})
        assert int(net.state_dict()["conv1_norm.num_batches_tracked"]) == 7
        weights["conv1_norm.num_batches_tracked"] += 70_000
        net, _, _, _ = started(weights={name: value.half() for name, value in weights.items()})
        assert int(net.state_dict()["conv1_norm.num_batches_tracked"]) == 0


@pytest.fixture(scope="module")
def users(tmp_path_factory):
    folder = tmp_path_factory.mktemp("users")
    (folder / "users_started_nets.py").write_text(USERS)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield lambda name: UserOptions(name=f"users_started_nets:{name}")


def test_a_users_net_is_known_by_what_it_computes(users):
    net = build_net(users("Own"), COLOUR, 0)
    assert head_of(net, COLOUR) == "last"
    _, found, _, _ = started(users("Own"), weights=known(users("Own")), train="head")
    assert found.trained == ("last.weight", "last.bias")
    hidden = build_net(users("Own"), COLOUR, 0, (5,))
    assert torch.equal(hidden.first.weight, net.first.weight)
    assert hidden(torch.rand(2, 3, 32, 32)).shape == (2, 3)


def test_a_users_net_may_say_which_layer_is_last(users):
    with pytest.raises(SpecError) as caught:
        head_of(build_net(users("TwoHeads"), COLOUR, 0), COLOUR)
    assert str(caught.value) == (
        "net TwoHeads: no one layer gives its 3 logits, as starting from weights needs; give the net a "
        "method get_classifier() that returns the last layer"
    )
    assert head_of(build_net(users("Told"), COLOUR, 0), COLOUR) == "last"


def test_what_a_users_net_holds_fixed_stays_fixed(users):
    options = users("PartlyFixed")
    _, found, _, _ = started(options, weights=known(options))
    assert (found.frozen, len(found.trained)) == (("first.weight",), 3)


def test_a_start_can_be_tried_without_numbers():
    def outline(hidden=()):
        return outline_net(NORMED, COLOUR, hidden)

    spec = start(train="last:2", hidden=[9])
    weights = dict(outline().state_dict())
    found = start_net(outline((9,)), weights, spec, COLOUR, classes=ANIMALS, known_classes=ANIMALS)
    _, real, _, _ = started(train="last:2", hidden=[9])
    assert (found.trained, found.still, found.describe()) == (real.trained, real.still, real.describe())
    del weights["conv1.bias"]
    with pytest.raises(SpecError, match=r"it lacks conv1\.bias"):
        start_net(outline((9,)), weights, spec, COLOUR, classes=ANIMALS, known_classes=ANIMALS)


def test_nets_of_ours_start_from_their_own_kind():
    for options in (Lenet5(), Mlp(batch_norm=True), Resnet(depth=20), MobileNetV2(width=0.25)):
        weights = known(options)
        net, found, _, _ = started(options, weights=weights, train="last:2")
        assert all(torch.equal(value, weights[name]) for name, value in net.state_dict().items())
        assert found.layers[0] == 2
