"""Study files: the round trip through TOML, profiles and `--set`, and files that are none."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from paribus.errors import SpecError
from paribus.specs import parse_setting, parse_study, read_study, study_toml, value_toml
from paribus.specs.merging import merged

from .strategies import JSON_LIKE, PLAIN, STUDIES

STUDY = """
[study]
title = "Which rate?"
seeds = 3

[run]
data = { name = "digits", validation = 0.2 }
net = { name = "plain", widths = [8, 16] }
augment = ["flip", { name = "rotate", degrees = 10 }]
optimizer = { name = "sgd", lr = 0.05 }
stop = { patience = 3 }
epochs = 5

[factors]
"optimizer.lr" = [0.1, 0.01]

[profiles.smoke]
epochs = 1
"net.widths" = [4]

[profiles.smoke.factors]
"optimizer.lr" = [0.1]

[profiles.other]
net = { name = "mlp", hidden = [9] }
stop = false
augment = false
"study.seeds" = 1

[profiles.more]
"optimizer.momentum" = 0.5
"augment.rotate.degrees" = 30
"augment.flip.probability" = 0.25
data = { resize = 16 }
factors = { "net.widths" = [[4], [5]] }
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "rates.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@given(STUDIES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_study_reads_back_equal_from_the_file_that_it_writes(plain):
    spec = parse_study(plain)
    assert parse_study(tomllib.loads(study_toml(spec))) == spec


@given(STUDIES)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_study_reads_back_equal_from_its_json(plain):
    spec = parse_study(plain)
    assert parse_study(spec.model_dump(mode="json")) == spec


def test_python_and_toml_say_the_same(study):
    values = {
        "study": {"title": "Which rate?", "seeds": range(3)},
        "run": {
            "data": {"name": "digits", "validation": 0.2},
            "net": {"name": "plain", "widths": (8, 16)},
            "augment": ({"name": "flip"}, {"name": "rotate", "degrees": 10.0}),
            "optimizer": "sgd",
            "optimizer.lr": 0.05,
            "stop.patience": 3,
            "epochs": 5,
        },
        "factors": {"optimizer.lr": (0.1, 0.01)},
    }
    values["study"]["seeds"] = tuple(range(3))
    assert parse_study(values) == read_study(study).spec


def test_a_factor_needs_no_quotes():
    head = '[study]\ntitle = "t"\n[run]\ndata = "digits"\nnet = "plain"\n[factors]\n'
    quoted = tomllib.loads(head + '"optimizer.lr" = [0.1]\nepochs = [1, 2]')
    plain = tomllib.loads(head + "optimizer.lr = [0.1]\nepochs = [1, 2]")
    assert parse_study(quoted) == parse_study(plain)


@given(JSON_LIKE)
@example({"study": {"title": "t"}, "run": {"data": "digits", "net": "plain", "net.x.y": 1}})
@example({"study": [], "run": {3: 1}})
@example([1])
@settings(max_examples=300, deadline=None)
def test_any_value_parses_or_is_refused(value):
    message = "study: fine"
    try:
        parse_study(value)
    except SpecError as error:
        message = str(error)
    assert all(line.startswith("study: ") for line in message.split("\n"))


@given(STUDIES, st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_study_with_any_value_at_any_place_parses_or_is_refused(plain, data):
    table = plain
    while True:
        key = data.draw(st.sampled_from(sorted(table)) if table else st.just("x"))
        if not isinstance(table.get(key), dict) or data.draw(st.booleans()):
            break
        table = table[key]
    table[key] = data.draw(JSON_LIKE)
    try:
        spec = parse_study(plain)
    except SpecError:
        return
    study_toml(spec)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_in_a_study_file_are_refused_and_nothing_worse(tmp_path, content):
    path = tmp_path / "s.toml"
    path.write_bytes(content)
    with pytest.raises(SpecError):
        read_study(path)


@pytest.mark.parametrize("place", ["run", "factors", "study"])
def test_a_file_that_nests_too_deeply_is_refused(tmp_path, place):
    path = tmp_path / "s.toml"
    path.write_text(f"{place} = {'[' * 5000}{']' * 5000}")
    with pytest.raises(SpecError, match="nested too deeply"):
        read_study(path)


def test_values_that_nest_too_deeply_are_refused():
    deep = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(SpecError):
        parse_study({"study": {"title": "t"}, "run": {"data": "digits", "net": "plain", "augment": deep}})


def test_a_file_with_a_byte_order_mark_reads(study):
    marked = study.with_name("marked.toml")
    marked.write_bytes(b"\xef\xbb\xbf" + study.read_bytes())
    assert read_study(marked).spec == read_study(study).spec


def message_of(path, **arguments):
    with pytest.raises(SpecError) as caught:
        read_study(path, **arguments)
    return str(caught.value)


def test_a_missing_file_says_how_to_get_one(tmp_path):
    path = tmp_path / "none.toml"
    assert message_of(path) == f"{path}: no such file. 'paribus new' writes one to start from"


def test_a_folder_is_no_study_file(tmp_path):
    assert message_of(tmp_path) == f"{tmp_path}: is a folder; expected a study file ending in .toml"


def test_broken_toml_says_where(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("[study]\ntitle = ")
    assert message_of(path) == f"{path}: no valid TOML: Invalid value (at end of document)"


def test_a_file_that_is_no_text_says_so(tmp_path):
    path = tmp_path / "s.toml"
    path.write_bytes(b"title = '\xff'")
    assert message_of(path).startswith(f"{path}: cannot be read: 'utf-8' codec can't decode byte 0xff")


def test_an_unknown_profile_names_the_nearest(study):
    assert message_of(study, profile="smok") == (
        "rates.toml: unknown profile 'smok'; known: more, other, smoke. Did you mean 'smoke'?"
    )


def test_a_file_without_profiles_says_that_it_has_none(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text("[study]")
    assert message_of(path, profile="smoke") == "s.toml: unknown profile 'smoke'; known: none."


@pytest.mark.parametrize("profiles", ["profiles = 3", "[profiles]\nsmoke = 3"])
def test_profiles_are_tables(tmp_path, profiles):
    path = tmp_path / "s.toml"
    path.write_text(profiles)
    assert message_of(path) == "s.toml: profiles: expected tables, such as [profiles.smoke]"


def test_a_study_knows_its_name_and_where_it_stands(study):
    read = read_study(study)
    assert (read.name, read.where, read.folder, read.path) == (
        "rates", "rates.toml", study.parent, study
    )  # fmt: skip


def test_a_profile_makes_a_study_of_its_own(study):
    assert read_study(study, profile="smoke").name == "rates-smoke"


def test_a_profile_replaces_single_settings_and_factors(study):
    base, smoke = read_study(study).spec, read_study(study, profile="smoke").spec
    assert smoke.run.epochs == 1
    assert smoke.run.net.widths == (4,)
    assert smoke.factors == {"optimizer.lr": (0.1,)}
    assert smoke.run.optimizer == base.run.optimizer


def test_a_table_with_another_name_replaces_and_false_means_none(study):
    other = read_study(study, profile="other").spec
    assert other.run.net.model_dump() == {
        "name": "mlp", "hidden": (9,), "batch_norm": False, "dropout": 0.0
    }  # fmt: skip
    assert other.run.stop is None
    assert other.run.augment == ()
    assert other.study.seeds == (0,)


def test_a_profile_reaches_into_tables_and_lists_and_adds_factors(study):
    base, more = read_study(study).spec, read_study(study, profile="more").spec
    assert more.run.optimizer == base.run.optimizer.model_copy(update={"momentum": 0.5})
    assert [(a.name, a.probability) for a in more.run.augment] == [("flip", 0.25), ("rotate", 1.0)]
    assert more.run.augment[1].degrees == 30
    assert more.run.data == base.run.data.model_copy(update={"resize": 16})
    assert more.factors == base.factors | {"net.widths": ([4], [5])}


CLAIMED = """
[study]
title = "Rates"
[run]
data = "digits"
net = "linear"
[factors]
epochs = [1, 2]

[claims]
"1. two beat one" = { arm = "epochs=2", beats = "epochs=1" }
"one diverges" = { arm = "epochs=1", diverges = true }

[reference."epochs=1"]
test = 0.8

[reference."epochs=2"]
test = 0.9

[profiles.none]
claims = false
reference = false

[profiles.other.claims]
"1. two beat one" = { best = "epochs=2" }
"one diverges" = false

[profiles.other.reference]
"epochs=1" = { validation = 0.7 }
"epochs=2" = false
"""


def test_a_profile_replaces_claims_as_a_whole_and_takes_claims_and_figures_away(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(CLAIMED)
    none, other = (read_study(path, profile=profile).spec for profile in ("none", "other"))
    assert (none.claims, none.reference) == ({}, {})
    assert {sentence: claim.model_dump() for sentence, claim in other.claims.items()} == {
        "1. two beat one": {"best": "epochs=2"}
    }
    assert {arm: figures.by_split for arm, figures in other.reference.items()} == {
        "epochs=1": {"validation": 0.7, "test": 0.8}
    }


@pytest.mark.parametrize(
    ("setting", "left"),
    [
        ("claims=false", []),
        ("claims.1. two beat one=false", ["one diverges"]),
        ('claims."1. two beat one"=false', ["one diverges"]),
        ('claims.more={ best = "epochs=2" }', ["1. two beat one", "one diverges", "more"]),
    ],
)
def test_set_changes_claims_by_their_sentence(tmp_path, setting, left):
    path = tmp_path / "s.toml"
    path.write_text(CLAIMED)
    assert list(read_study(path, settings=dict([parse_setting(setting)])).spec.claims) == left


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ('claims."a = b"=false', 'claims."a = b"', False),
        (r'claims."say \"x=1\""=false', r'claims."say \"x=1\""', False),
        ("claims.Adam's rate={ best = 'lr=0.1' }", "claims.Adam's rate", {"best": "lr=0.1"}),
        ("optimizer.lr=0.1", "optimizer.lr", 0.1),
        ("data.path=a='b'", "data.path", "a='b'"),
    ],
)
def test_a_setting_is_cut_at_the_first_sign_outside_quotes(text, place, value):
    assert parse_setting(text) == (place, value)


def test_figures_of_an_arm_with_dots_in_its_name_can_be_taken_away(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(CLAIMED.replace('reference."epochs=1"', 'reference."lr=0.1"'))
    spec = read_study(path, settings={'reference."lr=0.1"': False}).spec
    assert list(spec.reference) == ["epochs=2"]


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("claims.one diverges.zzz=false", "claims: nothing is called 'one diverges.zzz'; known: "),
        ("claims.one diverge=false", "claims: nothing is called 'one diverge'; known: 1. two beat one, one"),
        ('reference."epochs=9"=false', "reference: nothing is called 'epochs=9'; known: epochs=1, epochs=2."),
    ],
)
def test_what_is_not_there_cannot_be_taken_away(tmp_path, setting, told):
    path = tmp_path / "s.toml"
    path.write_text(CLAIMED)
    with pytest.raises(SpecError) as caught:
        read_study(path, settings=dict([parse_setting(setting)]))
    assert str(caught.value).startswith(f"s.toml: {told}")


def test_a_fault_in_a_profile_is_told_before_it_is_asked_for(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(CLAIMED + "\n[profiles.short]\nepohcs = 1\n")
    assert read_study(path).faults.startswith("s.toml: profiles.short: run.epohcs: unknown key; ")
    path.write_text(CLAIMED + "\n[profile.short]\nepochs = 1\n")
    assert message_of(path) == (
        "s.toml: profile: unknown key; a profile stands in a table such as [profiles.smoke]"
    )


@pytest.mark.parametrize("spelling", ['"optimizer.lr" = [0.1]', "optimizer.lr = [0.1]"])
@pytest.mark.parametrize("place", ["factors.optimizer.lr", "factors"])
def test_set_replaces_a_factor_however_the_file_spells_it(tmp_path, spelling, place):
    path = tmp_path / "s.toml"
    path.write_text(
        f'[study]\ntitle = "t"\n[run]\ndata = "digits"\nnet = "plain"\n[factors]\n{spelling}\nepochs = [1]'
    )
    value = [0.5] if place != "factors" else {"optimizer.lr": [0.5]}
    spec = read_study(path, settings={place: value}).spec
    assert spec.factors == {"optimizer.lr": (0.5,), "epochs": (1,)}


@pytest.mark.parametrize(
    "profile",
    ["factors.optimizer.lr = [0.5]", 'factors."optimizer.lr" = [0.5]', '"factors.optimizer.lr" = [0.5]'],
)
def test_a_profile_replaces_a_factor_beside_others_that_are_spelled_otherwise(tmp_path, profile):
    path = tmp_path / "s.toml"
    path.write_text(
        '[study]\ntitle = "t"\n[run]\ndata = "digits"\nnet = "plain"\n[factors]\n'
        'optimizer.weight_decay = [0.0, 0.1]\n"optimizer.lr" = [0.1, 0.01]\n'
        f"[profiles.p]\n{profile}\n"
    )
    assert read_study(path, profile="p").spec.factors == {
        "optimizer.weight_decay": (0.0, 0.1),
        "optimizer.lr": (0.5,),
    }


SEARCHED = """
[study]
title = "t"
[run]
data = "digits"
net = "plain"
[search]
method = "random"
trials = 4
[search.space]
optimizer.lr = { low = 1e-4, high = 0.1, log = true }
epochs = [1, 2]
"""


@pytest.mark.parametrize(
    "spelling",
    ['"search.space.optimizer.lr"', 'search.space."optimizer.lr"', "search.space.optimizer.lr"],
)
def test_a_range_replaces_the_whole_of_another_however_its_place_is_spelled(tmp_path, spelling):
    path = tmp_path / "s.toml"
    path.write_text(
        f"{SEARCHED}[profiles.p]\n{spelling} = {{ low = 0.01, high = 0.02 }}\n"
        f"[profiles.none]\n{spelling} = false\n"
    )
    found = read_study(path, profile="p").spec.search.space["optimizer.lr"]
    assert (found.low, found.high, found.log) == (0.01, 0.02, False)
    assert list(read_study(path, profile="none").spec.search.space) == ["epochs"]


def test_the_command_that_finds_a_study_again_has_its_settings(tmp_path, monkeypatch):
    path = tmp_path / "my study.toml"
    path.write_text(SEARCHED)
    settings = {"epochs": 2, "net": "mlp", "stop": None}
    file = read_study(path, settings=settings, store=tmp_path / "all")
    monkeypatch.chdir(tmp_path)
    assert file.in_command == "'my study.toml' --set epochs=2 --set net=mlp --set stop=false --store all"
    assert file.anywhere == "'my study.toml' --set epochs=2 --set net=mlp --set stop=false"
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert file.in_command.startswith(f"'{path}' --set")


def test_a_space_makes_a_search_where_there_was_none(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(SEARCHED.partition("[search]")[0])
    space = {"search.space.optimizer.lr": {"low": 0.1, "high": 0.2}}
    with pytest.raises(SpecError, match=r"search\.trials: missing"):
        read_study(path, settings=space)
    spec = read_study(path, settings=space | {"search.method": "random", "search.trials": 4}).spec
    assert (spec.search.trials, list(spec.search.space)) == (4, ["optimizer.lr"])


def test_set_comes_after_the_profile(study):
    settings = {"epochs": 9, "run.batch_size": 7, "study.title": "Other", "arms.big.epochs": 8}
    spec = read_study(study, profile="smoke", settings=settings).spec
    assert (spec.run.epochs, spec.run.batch_size, spec.study.title) == (9, 7, "Other")
    assert spec.arms == {"big": {"epochs": 8}}


@pytest.mark.parametrize(
    "spelling", ['"optimizer.lr" = 0.1', "optimizer.lr = 0.1", "optimizer = { lr = 0.1 }"]
)
@pytest.mark.parametrize(
    "setting", [{"arms.fast.optimizer.lr": 0.5}, {"arms": {"fast": {"optimizer": {"lr": 0.5}}}}]
)
def test_set_reaches_into_an_arm_however_the_file_spells_it(tmp_path, spelling, setting):
    path = tmp_path / "s.toml"
    path.write_text(
        f'[study]\ntitle = "t"\n[run]\ndata = "digits"\nnet = "linear"\n[arms.fast]\n{spelling}\n'
    )
    arm = read_study(path, settings=setting).spec.arms["fast"]
    assert merged({}, arm) == {"optimizer": {"lr": 0.5}}


def test_set_to_false_switches_off_what_may_be_none(study):
    settings = {"stop": False, "data.per_class": False, "study.margin": False, "limits.parameters": False}
    spec = read_study(study, settings=settings).spec
    assert spec.run.stop is None
    assert (spec.run.data.per_class, spec.study.margin, spec.limits.parameters) == (None, None, None)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("epochs.x", "rates.toml: run.epochs.x: no such setting; 'run.epochs' is no table"),
        (
            "augment.flp.probability",
            "rates.toml: run.augment.flp.probability: no such setting; the list holds: flip, rotate",
        ),
        ("net.width", ("rates.toml: run.net.width: unknown key; known: batch_norm, dropout, dropout_in, "
                      "fully_connected, global_pooling, kernel, name, padding, pooling, pooling_stride, "
                      "pooling_window, stride, widths. "
                      "Did you mean 'widths'?")),
    ],
)  # fmt: skip
def test_set_at_a_place_that_is_none_is_refused(study, place, message):
    assert message_of(study, settings={place: 1}) == message


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("optimizer.lr=0.01", 0.01),
        ("optimizer.lr = 1e-3", 0.001),
        ("epochs=5", 5),
        ("stop=false", False),
        ("net=plain", "plain"),
        ("net='plain'", "plain"),
        ('data.path="a=b"', "a=b"),
        ("data.path=a=b", "a=b"),
        ("net.widths=[8, 16]", [8, 16]),
        ('net={ name = "mlp" }', {"name": "mlp"}),
        ("data.path=", ""),
    ],
)
def test_set_takes_toml_and_what_is_none_as_text(text, value):
    place, read = parse_setting(text)
    assert place == text.partition("=")[0].strip()
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", ["epochs", "=3", " =3", ""])
def test_set_wants_a_place_and_a_value(text):
    with pytest.raises(SpecError) as caught:
        parse_setting(text)
    assert str(caught.value) == f"--set {text}: expected place=value, such as optimizer.lr=0.01"


@given(PLAIN)
@example({"a b": ["x[, y", {"c.d": 1}]})
@settings(deadline=None)
def test_a_value_is_spelt_in_one_line_that_reads_back_equal(value):
    text = value_toml(value)
    assert "\n" not in text
    assert tomllib.loads(f"value = {text}")["value"] == value


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.001, "0.001"), (1e-5, "1e-05"), (True, "true"), ([32, 64], "[32, 64]"), ("max", '"max"'),
     ([{"name": "flip"}], '[{ name = "flip" }]'), ([], "[]")],
)  # fmt: skip
def test_values_are_spelt_as_in_the_file(value, text):
    assert value_toml(value) == text


def test_a_relative_path_still_gives_the_folder_in_full(study, monkeypatch):
    monkeypatch.chdir(study.parent)
    read = read_study(Path("rates.toml"))
    assert (read.folder, read.path) == (study.parent, study)
