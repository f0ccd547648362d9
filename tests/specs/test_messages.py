"""What a fault in a study file is answered with, word for word: where, what was given, what is allowed."""

import datetime as dt
import math

import pytest

from paribus.errors import SpecError
from paribus.specs import AUGMENTS, DATASETS, NETS, RecipeSpec, parse_study

RUN_KEYS = (
    "known: augment, average, batch_size, compile, data, divergence_loss, epochs, layout, loss, net, "
    "normalise, optimizer, pieces, precision, randomise, schedule, seed, start, stop, test_time_flip."
)
ADAM_KEYS = "known: beta1, beta2, clip, decay, epsilon, lr, name, rates, weight_decay."
NET_NAMES = f"known: {', '.join(sorted(NETS))}, 'timm:name', 'torchvision:name', or your own 'module:object'."
DATA_NAMES = f"known: {', '.join(sorted(DATASETS))}, or your own 'module:object'"
AUGMENT_NAMES = f"known: {', '.join(sorted(AUGMENTS))}"
EACH_KERNEL = "expected one of 1, 3, 5, 7, or a list of these, one for each layer"
SIZE = "expected a number of bytes, or a text such as '600 kB', '2.5 MB' or '1 GB'"
CLAIM = (
    'expected { arm = "A", beats = "B" }, { arm = "A", equals = "B" }, { best = "A" }, '
    '{ arm = "A", reaches = 0.88 } or { arm = "A", diverges = true }'
)
SEEDS = "expected a number from 1 to 10000 (8 means 0 to 7) or a list of seeds"
PLAIN = "expected a text, a finite number, true or false, or a list or table of these"
NORMALISE = (
    "expected true, false, 'train', or a table such as "
    "{ mean = [0.5, 0.5, 0.5], deviation = [0.5, 0.5, 0.5] }"
)


def message_of(**tables):
    study = {"study": {"title": "t"}, "run": {"data": "digits", "net": "plain"}}
    for table, content in tables.items():
        study[table] = study.get(table, {}) | content if isinstance(content, dict) else content
    with pytest.raises(SpecError) as caught:
        parse_study({key: table for key, table in study.items() if table is not ...}, where="study.toml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        # a key that nobody knows
        ({"epoch": 3}, f"epoch: unknown key; {RUN_KEYS} Did you mean 'epochs'?"),
        ({"optimizer": {"lrr": 0.1}}, f"optimizer.lrr: unknown key; {ADAM_KEYS} Did you mean 'lr'?"),
        ({"optimizer": {"momentum": 0.9}}, f"optimizer.momentum: unknown key; {ADAM_KEYS}"),
        (
            {"augment": ["flip", {"name": "rotate", "degree": 3}]},
            "augment.1.degree: unknown key; known: degrees, name, probability. Did you mean 'degrees'?",
        ),
        (
            {"stop": {"patients": 3}},
            ("stop.patients: unknown key; known: patience, watch. Did you mean 'patience'?"),
        ),
        ({"a\nb": 3}, f"'a\\nb': unknown key; {RUN_KEYS}"),
        # a name that nobody knows
        ({"net": "lenet"}, f"net.name: unknown net 'lenet'; {NET_NAMES} Did you mean 'lenet5'?"),
        ({"net": {"name": "PLAIN"}}, f"net.name: unknown net 'PLAIN'; {NET_NAMES} Did you mean 'plain'?"),
        ({"net": {"widths": [3]}}, f"net.name: missing; {NET_NAMES}"),
        ({"net": "a b:c"}, f"net.name: unknown net 'a b:c'; {NET_NAMES}"),
        ({"net": "two\nlines"}, f"net.name: unknown net 'two\\nlines'; {NET_NAMES}"),
        ({"data": "digit"}, f"data.name: unknown data set 'digit'; {DATA_NAMES}. Did you mean 'digits'?"),
        ({"data": {"name": 3}}, f"data.name: unknown data set 3; {DATA_NAMES}."),
        (
            {"augment": ["flip", "rotat"]},
            f"augment.1.name: unknown augmentation 'rotat'; {AUGMENT_NAMES}. Did you mean 'rotate'?",
        ),
        (
            {"optimizer": "adan"},
            (
                "optimizer.name: unknown optimizer 'adan'; known: adam, adamw, lion, muon, rmsprop, sgd. "
                "Did you mean 'adam'?"
            ),
        ),
        (
            {"schedule": "one_cycle"},
            (
                "schedule.name: unknown schedule 'one_cycle'; known: constant, cosine, linear, "
                "multi-step, one-cycle, plateau, step. Did you mean 'one-cycle'?"
            ),
        ),
        # the wrong type
        ({"epochs": "3"}, "epochs: given '3'; expected a whole number"),
        ({"epochs": True}, "epochs: given true; expected a whole number"),
        ({"epochs": 3.5}, "epochs: given 3.5; expected a whole number"),
        ({"optimizer": {"lr": "0.1"}}, "optimizer.lr: given '0.1'; expected a number"),
        ({"optimizer": {"lr": True}}, "optimizer.lr: given true; expected a number"),
        (
            {"optimizer": {"lr": dt.date(2020, 1, 2)}},
            'optimizer.lr: given "2020-01-02"; expected a number',
        ),
        ({"normalise": 1}, f"normalise: given 1; {NORMALISE}"),
        ({"normalise": "yes"}, f"normalise: given 'yes'; {NORMALISE}"),
        ({"normalise": {"mean": [0.5]}}, "normalise.deviation: missing; it must be given"),
        (
            {"normalise": {"mean": [0.5, 0.5], "deviation": [0.5]}},
            "normalise: given 2 means and 1 deviations; expected one of each for a channel",
        ),
        (
            {"start": {}},
            "start: names none; expected one of: stage, run, weights (false takes one away again)",
        ),
        (
            {"start": {"stage": "a", "weights": "b.pth"}},
            (
                "start: names stage = 'a' and weights = 'b.pth'; "
                "expected one of: stage, run, weights (false takes one away again)"
            ),
        ),
        (
            {"start": {"weights": "b.pth", "epoch": "best"}},
            (
                "start.epoch: given 'best' beside weights; a file has the weights of one epoch, "
                "so leave it out"
            ),
        ),
        (
            {"start": {"run": "xyz"}},
            ("start.run: given 'xyz'; expected how a run's fingerprint begins: 6 to 64 of 0-9 and a-f"),
        ),
        (
            {"start": {"stage": "a", "train": ["head", "last*"]}},
            "start.train: 'head' says it all; name it alone, or patterns only",
        ),
        (
            {"start": {"stage": "a", "train": "last:0"}},
            "start.train: given 'last:0'; expected last:k with k layers from 1, such as last:3",
        ),
        (
            {"start": {"stage": "a", "hidden": [8], "head": "keep"}},
            "start.hidden: new layers before the last one make the head new; set head = 'new'",
        ),
        ({"start": {"stage": "a", "lr_scale": 0}}, "start.lr_scale: given 0; must be greater than 0.0"),
        ({"start": {"stage": "a", "lr_scale": {"b": "c"}}}, "start.lr_scale.b: given 'c'; expected a number"),
        ({"data": {"name": "folder", "path": 3}}, "data.path: given 3; expected a path or a list of paths"),
        ({"augment": "flip"}, "augment: given 'flip'; expected a list in brackets"),
        ({"augment": True}, "augment: given true; expected a list in brackets"),
        ({"stop": 3}, "stop: given 3; expected a table"),
        (
            {"net": 3},
            (
                "net: given 3; expected the name of a net or a table with a name; "
                f"known: {', '.join(sorted(NETS))}"
            ),
        ),
        (
            {"net": {"name": "plain", "kernel": True}},
            f"net.kernel: given true; {EACH_KERNEL}",
        ),
        (
            {"net": {"name": "plain", "kernel": 3.0}},
            f"net.kernel: given 3.0; {EACH_KERNEL}",
        ),
        (
            {"data": {"name": "digits", "classes": [1, True]}},
            "data.classes.1: given true; expected a class's position or name",
        ),
        # out of range
        ({"epochs": 0}, "epochs: given 0; must be at least 1"),
        ({"batch_size": 65_537}, "batch_size: given 65537; must be at most 65536"),
        ({"optimizer": {"lr": 0}}, "optimizer.lr: given 0; must be greater than 0.0"),
        ({"optimizer": {"beta1": 1}}, "optimizer.beta1: given 1; must be less than 1.0"),
        (
            {"net": {"name": "plain", "kernel": 4}},
            f"net.kernel: given 4; {EACH_KERNEL}",
        ),
        ({"net": {"name": "plain", "kernel": []}}, f"net.kernel: given []; {EACH_KERNEL}"),
        (
            {"net": {"name": "plain", "widths": [8, 8], "stride": [1, 2, 1]}},
            "net.stride: holds 3 values for 2 widths; expected one value, or one for each width",
        ),
        (
            {"net": {"name": "plain", "padding": ["same", 1]}},
            (
                "net.padding: given [\"same\", 1]; expected one of 'same', 'none', or a list of these, "
                "one for each layer"
            ),
        ),
        ({"layout": "nhwc"}, "layout: given 'nhwc'; known: 'auto', 'channels-last' or 'contiguous'"),
        ({"net": {"name": "mlp", "hidden": []}}, "net.hidden: given []; must hold at least 1"),
        ({"net": {"name": "mlp", "hidden": [0]}}, "net.hidden.0: given 0; must be at least 1"),
        (
            {"net": {"name": "plain", "widths": [1] * 33}},
            (
                "net.widths: given [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1…; "
                "must hold at most 32"
            ),
        ),
        # no number
        ({"optimizer": {"lr": math.nan}}, "optimizer.lr: given NaN; expected a finite number"),
        ({"optimizer": {"lr": math.inf}}, "optimizer.lr: given Infinity; expected a finite number"),
        ({"net": {"name": "my:Net", "x": math.nan}}, f"net.x: given NaN; {PLAIN}"),
        # missing
        ({"data": {"name": "folder"}}, "data.path: missing; it must be given"),
        # what cannot be together
        (
            {"schedule": {"name": "one-cycle", "warmup": 0.1}},
            "schedule.warmup: one-cycle warms up by itself until 'peak'; leave schedule.warmup at 0",
        ),
        (
            {"optimizer": {"name": "sgd", "nesterov": True, "momentum": 0}},
            (
                "optimizer.nesterov: true looks ahead along the momentum, and momentum is 0; give some, such "
                "as 0.9, or leave nesterov away"
            ),
        ),
        ({"augment": ["flip", {"name": "flip"}]}, "augment: 'flip' is listed twice"),
        ({"seed": 1}, "seed: a study sets its seeds in study.seeds, not here"),
        (
            {"net.widths.x": 3, "net": "plain", "net.widths": [1]},
            "net.widths.x: no such setting; the list holds: empty",
        ),
    ],
)
def test_faults_in_a_recipe(run, message):
    assert message_of(run=run) == f"study.toml: run.{message}"


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        (
            {"factor": {}},
            (
                "factor: unknown key; known: arms, claims, factors, limits, reference, run, search, stages, "
                "study. Did you mean 'factors'?"
            ),
        ),
        (
            {"study": {"tittle": "x"}},
            (
                "study.tittle: unknown key; known: about, alpha, control, margin, metric, note, score, "
                "seeds, title. Did you mean 'title'?"
            ),
        ),
        (
            {"limits": {"paramters": 1}},
            ("limits.paramters: unknown key; known: flops, parameters, size. Did you mean 'parameters'?"),
        ),
        (
            {"reference": {"a": {"valeu": 1}}},
            ("reference.a.valeu: unknown key; known: loss, source, test, train, validation."),
        ),
        ({"run": ...}, "run: missing; it must be given"),
        ({"study": ...}, "study: missing; it must be given"),
        (
            {"reference": {"a": {"tset": 0.8}}},
            (
                "reference.a.tset: unknown key; known: loss, source, test, train, validation. "
                "Did you mean 'test'?"
            ),
        ),
        (
            {"reference": {"a": {"value": 0.8616}}},
            (
                "reference.a.value: a published figure belongs to a split; write test = 0.8616, "
                "or validation or train"
            ),
        ),
        (
            {"reference": {"a": {"source": "R0"}}},
            "reference.a: no figure; expected train, validation or test, a share such as 0.8616",
        ),
        ({"reference": {"a": {"test": 86}}}, "reference.a.test: given 86; must be at most 1.0"),
        (
            {"study": {"about": "x" * 2001}},
            f"study.about: given '{'x' * 58}…; must have at most 2000 characters",
        ),
        ({"claims": 3}, "claims: given 3; expected a table"),
        ({"claims": {"s": "a"}}, f"claims.s: given 'a'; {CLAIM}"),
        ({"claims": {"s": {"arm": "a"}}}, f"claims.s: claims nothing; {CLAIM}"),
        (
            {"claims": {"s": {"arm": "a", "beats": "b", "equals": "b"}}},
            f"claims.s: says both 'beats' and 'equals'; {CLAIM}",
        ),
        (
            {"claims": {"s": {"arm": "a", "beat": "b"}}},
            (
                "claims.s.beat: unknown key; known: arm, beats, best, diverges, equals, reaches. "
                "Did you mean 'beats'?"
            ),
        ),
        ({"claims": {"s": {"beats": "b"}}}, "claims.s.arm: missing; it must be given"),
        ({"claims": {"s": {"best": "a", "arm": "b"}}}, "claims.s.arm: unknown key; known: best."),
        (
            {"claims": {"s": {"arm": "a", "beats": "a"}}},
            "claims.s.beats: given 'a', the arm itself; expected another",
        ),
        ({"claims": {"s": {"arm": "a", "reaches": 88}}}, "claims.s.reaches: given 88; must be at most 1.0"),
        ({"claims": {"s": {"arm": "a", "diverges": False}}}, "claims.s.diverges: given false; expected true"),
        ({"claims": {"": {"best": "a"}}}, "claims.[key]: given ''; must not be empty"),
        (
            {"claims": {"s": {"best": "a"}, "t": {"best": "a"}}},
            "claims.t: claims the same as 's'",
        ),
        (
            {"claims": {"s": {"arm": "a", "equals": "b"}}},
            (
                "claims.s.equals: whether arms are equal needs a margin below which differences do not "
                "matter; set study.margin, such as 0.005"
            ),
        ),
        ({"run": 3}, "run: given 3; expected a table"),
        ({"arms": {"a": 3}}, "arms.a: given 3; expected a table"),
        ({"study": {"title": ""}}, "study.title: given ''; must not be empty"),
        ({"study": {"title": "a\nb"}}, r"study.title: given 'a\nb'; expected one line of text"),
        ({"arms": {"": {}}}, "arms: given '' as a name; expected one line of text"),
        ({"arms": {"x\x1b[31m": {}}}, r"arms: given 'x\x1b[31m' as a name; expected one line of text"),
        ({"study": {"title": 3}}, "study.title: given 3; expected a text in quotes"),
        (
            {"study": {"title": "x" * 201}},
            (f"study.title: given '{'x' * 58}…; must have at most 200 characters"),
        ),
        ({"study": {"margin": 1}}, "study.margin: given 1; must be less than 1.0"),
        ({"study": {"alpha": 0.5}}, "study.alpha: given 0.5; must be less than 0.5"),
        (
            {"study": {"metric": "acc"}},
            ("study.metric: given 'acc'; known: 'accuracy', 'balanced_accuracy' or 'macro_f1'"),
        ),
        ({"limits": {"parameters": 0}}, "limits.parameters: given 0; must be at least 1"),
        ({"limits": {"flops": 1.5}}, "limits.flops: given 1.5; expected a whole number"),
        ({"limits": {"size": 0}}, f"limits.size: given 0; {SIZE}"),
        ({"limits": {"size": True}}, f"limits.size: given true; {SIZE}"),
        ({"limits": {"size": "600 kb"}}, f"limits.size: given '600 kb'; {SIZE}"),
        ({"limits": {"size": "0.1 B"}}, f"limits.size: given '0.1 B'; {SIZE}"),
        ({"factors": {"epochs": 3}}, "factors.epochs: given 3; expected a list in brackets"),
        ({"factors": {"epochs": []}}, "factors.epochs: given []; must hold at least 1"),
        ({"factors": {"epochs": [None]}}, f"factors.epochs.0: given null; {PLAIN}"),
        ({"arms": {"a": {"epochs": math.inf}}}, f"arms.a.epochs: given Infinity; {PLAIN}"),
        (
            {"factors": {"optimizer.lr, epochs": [[0.1, 3], [0.2]]}},
            (
                "factors.optimizer.lr, epochs: names 2 settings, so each of its values is a list of 2; "
                "given [0.2]"
            ),
        ),
        (
            {"factors": {"optimizer.lr, epochs": [0.1]}},
            (
                "factors.optimizer.lr, epochs: names 2 settings, so each of its values is a list of 2; "
                "given 0.1"
            ),
        ),
        (
            {"factors": {"epochs": [1], "optimizer.lr, epochs": [[0.1, 2]]}},
            "factors.optimizer.lr, epochs: 'epochs' is varied twice",
        ),
        ({"factors": {"seed": [0, 1]}}, "factors.seed: a study sets its seeds in study.seeds"),
        (
            {"factors": {"epochs, seed": [[1, 1]]}},
            "factors.epochs, seed: a study sets its seeds in study.seeds",
        ),
        ({"arms": {"a": {"seed": 3}}}, "arms.a: a study sets its seeds in study.seeds"),
    ],
)
def test_faults_beside_the_recipe(tables, message):
    assert message_of(**tables) == f"study.toml: {message}"


@pytest.mark.parametrize(
    ("seeds", "message"),
    [
        (0, f"seeds: given 0; {SEEDS}"),
        (-3, f"seeds: given -3; {SEEDS}"),
        (10_001, f"seeds: given 10001; {SEEDS}"),
        (True, f"seeds: given true; {SEEDS}"),
        (2.0, f"seeds: given 2.0; {SEEDS}"),
        ("8", f"seeds: given '8'; {SEEDS}"),
        ({"most": 12}, f'seeds: given {{"most": 12}}; {SEEDS}'),
        ([], "seeds: given []; must hold at least 1"),
        ([1.0], "seeds.0: given 1.0; expected a whole number"),
        ([0, -1], "seeds.1: given -1; must be at least 0"),
        ([2**31], "seeds.0: given 2147483648; must be less than 2147483648"),
        ([4, 3, 4, 3], "seeds: seed 3 is listed twice"),
    ],
)
def test_seeds_that_are_none(seeds, message):
    assert message_of(study={"seeds": seeds}) == f"study.toml: study.{message}"


def test_every_fault_has_a_line_of_its_own():
    assert message_of(run={"epochs": 0, "net": "lenet"}, limits={"x": 1}).split("\n") == [
        f"study.toml: run.net.name: unknown net 'lenet'; {NET_NAMES} Did you mean 'lenet5'?",
        "study.toml: run.epochs: given 0; must be at least 1",
        "study.toml: limits.x: unknown key; known: flops, parameters, size.",
    ]


@pytest.mark.parametrize(("value", "shown"), [(3, "3"), ("digits", "'digits'"), ([1], "[1]"), (None, "null")])
def test_a_study_is_a_table(value, shown):
    with pytest.raises(SpecError) as caught:
        parse_study(value, where="study.toml")
    assert str(caught.value) == f"study.toml: given {shown}; expected a table"


def test_options_of_another_kind_are_refused_from_python_too():
    digits, linear = DATASETS["digits"].options(), NETS["linear"].options()
    assert parse_study({"study": {"title": "t"}, "run": {"data": digits, "net": linear}}).run == RecipeSpec(
        data=digits, net=linear
    )
    assert message_of(run={"data": linear}) == (
        "study.toml: run.data: given \"name='linear'\"; expected the name of a data set or a table with "
        f"a name; known: {', '.join(sorted(DATASETS))}"
    )
