"""Hypothesis strategies that build studies which ought to be valid."""

from hypothesis import strategies as st

from paribus.specs import BASE_ARM
from paribus.specs.words import is_line

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)  # quotes, newlines, any script
NAMES = st.one_of(st.sampled_from(["a", "b.c", 'say "so"', "line\nbreak", "Größe", "'"]), TEXTS)


def whole(low, high):
    return st.integers(low, high)


def real(low, high, *, open_low=False, open_high=False):
    numbers = st.floats(low, high, exclude_min=open_low, exclude_max=open_high, allow_subnormal=False)
    return numbers.map(abs) if low >= 0 else numbers


def table(name, **options):
    """A table that has its name, and any of the options."""
    return st.fixed_dictionaries({"name": st.just(name)}, optional=options)


def or_false(values):
    return st.one_of(st.just(False), values)


SHARES = real(0, 1, open_low=True, open_high=True)
BELOW_ONE = real(0, 1, open_high=True)
WIDTHS = st.lists(whole(1, 65_536), min_size=1, max_size=4)
SELECTIONS = {
    "validation": SHARES,
    "classes": or_false(st.lists(st.one_of(whole(0, 99), TEXTS), max_size=4)),
    "per_class": or_false(whole(2, 10**9)),
    "share": or_false(SHARES),
    "label_noise": BELOW_ONE,
    "groups": or_false(st.sampled_from(["(.*)_", r"^([^/]+)/\d+"])),
    "resize": or_false(whole(4, 1024)),
    "fit": st.sampled_from(["squash", "pad", "crop"]),
    "gray": st.booleans(),
}
PATHS = TEXTS.filter(bool)
COUNTS = whole(20, 1_000_000)
DATA = st.one_of(
    table("streetnumbers", train=COUNTS, test=COUNTS, extra=whole(0, 10), size=whole(16, 128), **SELECTIONS),
    table("digits", **SELECTIONS),
    st.builds(
        dict.__or__,
        table("folder", test=SHARES, on_bad=st.sampled_from(["fail", "skip"]), **SELECTIONS),
        st.fixed_dictionaries({"path": st.one_of(PATHS, st.lists(PATHS, min_size=1, max_size=3))}),
    ),
    st.builds(
        dict.__or__,
        table("npz", test=SHARES, **SELECTIONS),
        st.fixed_dictionaries({"path": TEXTS}),
    ),
    st.sampled_from(["streetnumbers", "digits"]),
)
PLAIN = st.recursive(
    st.one_of(TEXTS, st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
KERNEL = st.sampled_from([1, 3, 5, 7])
STEMS = st.sampled_from(["small", "imagenet"])
NOT_TO_SAY = {
    "name",
    "num_classes",
    "in_chans",
    "pretrained",
    "weights",
    "weights_backbone",
    "checkpoint_path",
}
NETS = st.one_of(
    table("linear"),
    table("mlp", hidden=WIDTHS, batch_norm=st.booleans(), dropout=BELOW_ONE),
    table("lenet5", dropout=BELOW_ONE),
    table(
        "plain",
        widths=WIDTHS,
        kernel=KERNEL,
        stride=whole(1, 4),
        padding=st.sampled_from(["same", "none"]),
        batch_norm=st.booleans(),
        dropout=BELOW_ONE,
        dropout_in=st.sampled_from(["all", "convolutions", "linear", "last"]),
        pooling=st.sampled_from(["max", "average", "none"]),
        pooling_window=whole(2, 8),
        pooling_stride=or_false(whole(1, 8)),
        global_pooling=st.booleans(),
        fully_connected=st.lists(whole(1, 65_536), max_size=3),
    ),
    st.fixed_dictionaries(
        {
            "name": st.just("plain"),
            "widths": st.lists(whole(1, 64), min_size=3, max_size=3),
            "kernel": st.lists(KERNEL, min_size=3, max_size=3),
            "pooling": st.lists(st.sampled_from(["max", "average", "none"]), min_size=3, max_size=3),
        }
    ),
    table(
        "separable",
        widths=WIDTHS,
        depth=whole(1, 16),
        kernel=KERNEL,
        parallel=st.lists(KERNEL, min_size=1, max_size=4),
        batch_norm=st.booleans(),
        dropout=BELOW_ONE,
    ),
    table("compact", widths=WIDTHS, depth=whole(1, 16), dropout=BELOW_ONE),
    table(
        "fast",
        stem=whole(1, 65_536),
        widths=WIDTHS,
        activation=st.sampled_from(["gelu", "relu"]),
        residual=st.booleans(),
        norm_scale=st.booleans(),
        first_weights=st.sampled_from(["identity", "uniform"]),
        logit_scale=real(0, 100, open_low=True),
    ),
    table(
        "resnet",
        depth=st.sampled_from([18, 20, 32, 34, 44, 50, 56]),
        stem=STEMS,
        width=real(0, 16, open_low=True),
        dropout=BELOW_ONE,
    ),
    table(
        "vgg",
        depth=st.sampled_from([11, 13, 16, 19]),
        batch_norm=st.booleans(),
        head=STEMS,
        dropout=BELOW_ONE,
    ),
    table(
        "mobilenetv2",
        width=real(0, 16, open_low=True),
        stem=STEMS,
        dropout=BELOW_ONE,
        padding=st.sampled_from(["both", "after"]),
    ),
    st.builds(
        dict.__or__,
        st.dictionaries(TEXTS.filter(lambda key: key not in NOT_TO_SAY), PLAIN, max_size=3),
        st.fixed_dictionaries(
            {"name": st.sampled_from(["my.module:Net", "timm:resnet18.a1_in1k", "torchvision:vgg11"])}
        ),
    ),
    st.sampled_from(["linear", "mlp", "lenet5", "plain", "mine:net", "resnet", "timm:vit_tiny_patch16_224"]),
)
PROBABILITY = real(0, 1)


def pair(low, high):
    return st.lists(real(low, high), min_size=2, max_size=2).map(sorted)


def around(middle, low, high):
    """How far either way, or both ends."""
    return st.one_of(real(0, high - middle), pair(low, high))


ANGLES, SLANTS, FACTORS_ = around(0, -180, 180), around(0, -80, 80), around(1, 0, 10)
PADDING = st.sampled_from(["zero", "reflect"])
AUGMENT_TABLES = {
    "flip": {},
    "flip-vertical": {},
    "shift-crop": {"pixels": whole(1, 128), "padding": PADDING},
    "resized-crop": {"scale": pair(0.001, 1), "ratio": pair(0.01, 100)},
    "rotate": {"degrees": ANGLES},
    "affine": {"degrees": ANGLES, "translate": PROBABILITY, "scale": pair(0.1, 10), "shear": SLANTS},
    "translate": {"share": PROBABILITY},
    "scale": {"factor": pair(0.1, 10)},
    "shear": {"degrees": SLANTS, "vertical": SLANTS},
    "perspective": {"distortion": PROBABILITY},
    "brightness": {"strength": PROBABILITY},
    "contrast": {"strength": PROBABILITY},
    "saturation": {"strength": PROBABILITY},
    "hue": {"strength": real(0, 0.5)},
    "colour-jitter": {"brightness": FACTORS_, "contrast": FACTORS_,
                      "saturation": FACTORS_, "hue": around(0, -0.5, 0.5)},
    "grayscale": {},
    "channel-drop": {},
    "invert": {},
    "solarize": {"threshold": real(0, 255)},
    "posterize": {"bits": whole(1, 8)},
    "autocontrast": {},
    "equalize": {},
    "sharpen": {"factor": real(0, 10)},
    "blur": {"sigma": pair(0.01, 10)},
    "noise": {"sigma": real(0, 1, open_low=True)},
    "erase": {"area": pair(0.001, 1), "ratio": pair(0.01, 100),
              "fill": st.sampled_from(["zero", "mean", "noise"])},
    "rand-augment": {"operations": whole(1, 8), "magnitude": whole(0, 30)},
    "trivial-augment": {},
    "mixup": {"alpha": real(0.01, 100)},
    "cutmix": {"alpha": real(0.01, 100)},
}  # fmt: skip
AUGMENTS = st.one_of(
    *(table(name, probability=PROBABILITY, **options) for name, options in AUGMENT_TABLES.items()),
    st.sampled_from(sorted(AUGMENT_TABLES)),
)
OPERATIONS = st.lists(AUGMENTS, max_size=5, unique_by=lambda a: a if isinstance(a, str) else a["name"])
RATES = st.one_of(real(0, 1e6, open_low=True), whole(1, 10))
STEPS = {
    "lr": RATES,
    "weight_decay": real(0, 10),
    "decay": st.sampled_from(["all", "weights"]),
    "clip": or_false(RATES),
    "rates": or_false(st.dictionaries(TEXTS, RATES, max_size=2)),
}
ADAMS = {"beta1": BELOW_ONE, "beta2": BELOW_ONE, "epsilon": RATES, **STEPS}
OPTIMIZERS = st.one_of(
    table("sgd", momentum=BELOW_ONE, nesterov=st.booleans(), **STEPS).filter(
        lambda given: given.get("momentum", 0.9) > 0 or not given.get("nesterov")
    ),
    table("adam", **ADAMS),
    table("adamw", **ADAMS),
    table("rmsprop", memory=BELOW_ONE, momentum=BELOW_ONE, centred=st.booleans(), epsilon=RATES, **STEPS),
    table("lion", beta1=BELOW_ONE, beta2=BELOW_ONE, **STEPS),
    table(
        "muon",
        momentum=BELOW_ONE,
        iterations=whole(1, 20),
        rest=st.sampled_from(["adamw", "sgd"]),
        rest_lr=RATES,
        **STEPS,
    ),
    st.fixed_dictionaries({}, optional=ADAMS),  # the default's name may be left out
    st.sampled_from(["sgd", "adam", "adamw", "rmsprop", "lion", "muon"]),
)
SPANS = st.one_of(SHARES, whole(1, 9))
SCHEDULES = st.one_of(
    table("constant", warmup=BELOW_ONE),
    table("cosine", warmup=BELOW_ONE, final=PROBABILITY),
    table("linear", warmup=BELOW_ONE, final=PROBABILITY),
    table("step", warmup=BELOW_ONE, every=SPANS, gamma=SHARES),
    table(
        "multi-step",
        warmup=BELOW_ONE,
        gamma=SHARES,
        milestones=st.lists(whole(1, 9), min_size=1, max_size=3, unique=True).map(sorted),
    ),
    table(
        "plateau",
        patience=whole(1, 99),
        gamma=SHARES,
        least=PROBABILITY,
        watch=st.sampled_from(["accuracy", "loss"]),
    ),
    table("one-cycle", peak=SHARES, start_divisor=real(1, 1e6), final_divisor=real(1, 1e6)),
    st.sampled_from(["constant", "cosine", "linear", "multi-step", "one-cycle", "plateau", "step"]),
)
STOP = st.one_of(
    st.booleans(),
    st.fixed_dictionaries(
        {}, optional={"patience": whole(1, 99), "watch": st.sampled_from(["accuracy", "loss"])}
    ),
)
WEIGHTS = st.dictionaries(TEXTS, real(0.001, 1e6), max_size=2)
LOSSES = st.fixed_dictionaries({}, optional={"smoothing": BELOW_ONE, "class_weights": or_false(WEIGHTS)})
AVERAGES = st.one_of(
    st.booleans(), st.fixed_dictionaries({}, optional={"decay": SHARES, "every": whole(1, 99)})
)
STREAMS = st.lists(
    st.sampled_from(["split", "weights", "order", "augment", "dropout"]), min_size=1, unique=True
)
NORMALISATIONS = whole(1, 4).flatmap(
    lambda channels: st.fixed_dictionaries(
        {
            "mean": st.lists(PROBABILITY, min_size=channels, max_size=channels),
            "deviation": st.lists(real(0.001, 1), min_size=channels, max_size=channels),
        }
    )
)
PARENTS = st.one_of(
    st.fixed_dictionaries({"stage": TEXTS.filter(bool)}),
    st.fixed_dictionaries({"weights": TEXTS.filter(bool)}),
    st.fixed_dictionaries({"run": st.text("0123456789abcdef", min_size=6, max_size=64)}),
)
LESS_RATE = st.one_of(real(0.001, 1e6), st.dictionaries(TEXTS, real(0.001, 1e6), min_size=1, max_size=2))
WAYS = st.fixed_dictionaries(
    {},
    optional={
        "epoch": st.sampled_from(["auto", "last", "best"]),
        "head": st.sampled_from(["auto", "new"]),
        "hidden": st.lists(whole(1, 99), max_size=2) | st.just(False),
        "train": st.sampled_from(["all", "head", "last:2", ["conv1*"], ["a.*", "b"]]),
        "norms": st.sampled_from(["frozen", "updated"]),
        "lr_scale": LESS_RATE,
    },
)
STARTS = or_false(
    st.builds(lambda parent, way: parent | way, PARENTS, WAYS).filter(
        lambda start: "weights" not in start or start.get("epoch", "auto") == "auto"
    )
)


def falls_within_the_run(recipe):
    schedule = recipe.get("schedule")
    if not isinstance(schedule, dict):
        return True
    falls = [schedule.get("every", 0), *schedule.get("milestones", [])]
    return max(falls) < recipe.get("epochs", 10)


RECIPES = st.fixed_dictionaries(
    {"data": DATA, "net": NETS},
    optional={
        "augment": or_false(OPERATIONS),
        "optimizer": OPTIMIZERS,
        "schedule": SCHEDULES,
        "batch_size": whole(1, 65_536),
        "epochs": whole(1, 100_000),
        "stop": STOP,
        "normalise": st.booleans() | st.just("train") | NORMALISATIONS,
        "start": STARTS,
        "test_time_flip": st.booleans(),
        "divergence_loss": RATES,
        "loss": LOSSES,
        "average": AVERAGES,
        "precision": st.sampled_from(["fp32", "bf16"]),
        "layout": st.sampled_from(["auto", "channels-last", "contiguous"]),
        "pieces": st.one_of(st.sampled_from(["auto", "allowed"]), whole(1, 99)),
        "compile": st.booleans(),
        "randomise": STREAMS,
        "seed": st.just(0),
    },
).filter(falls_within_the_run)
SEEDS = st.one_of(
    whole(1, 20), st.lists(whole(0, 2**31 - 1), min_size=1, max_size=6, unique=True)
)  # fmt: skip
QUESTIONS = st.fixed_dictionaries(
    {"title": TEXTS.filter(is_line)},
    optional={
        "about": or_false(TEXTS.filter(bool)),
        "note": or_false(TEXTS.filter(bool)),
        "control": st.one_of(st.just(BASE_ARM), TEXTS),
        "seeds": SEEDS,
        "metric": st.sampled_from(["accuracy", "balanced_accuracy", "macro_f1"]),
        "margin": or_false(SHARES),
        "alpha": real(1e-6, 0.5, open_high=True),
        "score": st.sampled_from(["auto", "last", "best"]),
    },
)
PLACES = st.sampled_from(["optimizer.lr", "net", "data.per_class", "augment", "epochs"])
FACTORS = st.one_of(
    st.dictionaries(PLACES, st.lists(PLAIN, min_size=1, max_size=3), max_size=3),
    st.dictionaries(
        st.just("optimizer.lr, batch_size"),
        st.lists(st.lists(PLAIN, min_size=2, max_size=2), min_size=1, max_size=3),
        max_size=1,
    ),
)
CLAIMS = st.one_of(
    st.fixed_dictionaries({"arm": NAMES, "beats": NAMES}).filter(
        lambda claim: claim["arm"] != claim["beats"]
    ),
    st.fixed_dictionaries({"best": NAMES}),
    st.fixed_dictionaries({"arm": NAMES, "reaches": real(0, 1)}),
    st.fixed_dictionaries({"arm": NAMES, "diverges": st.just(True)}),
)


def claims_differ(claims):
    said = [repr(sorted(claim.items())) for claim in claims.values() if claim]
    return len(said) == len(set(said))


SPACES = st.dictionaries(
    st.sampled_from(["net.widths", "optimizer.lr", "epochs", "a.b"]),
    st.one_of(
        st.lists(whole(1, 99), min_size=1, max_size=4, unique=True),
        st.fixed_dictionaries({"low": whole(1, 9), "high": whole(18, 99)}, optional={"step": whole(1, 9)}),
        st.fixed_dictionaries(
            {"low": real(1e-6, 0.1), "high": real(0.2, 1)},
            optional={"log": st.booleans(), "step": st.just(False)},
        ),
    ),
    min_size=1,
)
SEARCHES = st.one_of(
    st.fixed_dictionaries(
        {"method": st.sampled_from(["tpe", "random"]), "trials": whole(11, 99), "space": SPACES},
        optional={"batch": whole(1, 9), "seed": whole(0, 99), "seeds": st.just([2**31 - 1])},
    ),
    st.just(False),
)


def seeds_differ(study):
    """Whether the search never sees a seed that confirms what it finds."""
    seeds, search = study["study"].get("seeds", 5), study.get("search")
    given = range(seeds) if isinstance(seeds, int) else seeds
    return not search or not {*search.get("seeds", [1000])} & {*given}


STUDIES = st.fixed_dictionaries(
    {"study": QUESTIONS, "run": RECIPES},
    optional={
        "factors": FACTORS,
        "arms": st.dictionaries(
            NAMES.filter(is_line), st.dictionaries(PLACES, PLAIN, max_size=2), max_size=3
        ),
        "limits": st.fixed_dictionaries(
            {},
            optional={
                "parameters": or_false(whole(1, 10**12)),
                "flops": or_false(whole(1, 10**15)),
                "size": or_false(
                    st.one_of(whole(1, 10**12), st.sampled_from(["600 kB", "2.5MB", "1 GB", "7 B"]))
                ),
            },
        ),
        "reference": st.dictionaries(
            NAMES,
            or_false(
                st.builds(
                    dict.__or__,
                    st.fixed_dictionaries(
                        {},
                        optional={
                            "source": TEXTS,
                            "loss": or_false(real(0, 100)),
                            **dict.fromkeys(["train", "validation"], or_false(real(0, 1))),
                        },
                    ),
                    st.fixed_dictionaries({"test": real(0, 1)}),
                )
            ),
            max_size=2,
        ),
        "claims": st.dictionaries(NAMES.filter(bool), or_false(CLAIMS), max_size=3).filter(claims_differ),
        "search": SEARCHES,
    },
).filter(seeds_differ)
JSON_LIKE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=10,
)
