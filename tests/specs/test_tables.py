import pytest

from paribus.errors import SpecError
from paribus.specs import AUGMENTS, DATASETS, NETS, OPTIMIZERS, SCHEDULES, RecipeSpec, builder_of
from paribus.specs.tables import import_object, is_user_object

TABLES = {"augment": AUGMENTS, "data": DATASETS, "net": NETS, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_an_entry_goes_by_the_name_of_its_options(table):
    for name, entry in table.items():
        assert entry.options.model_fields["name"].default == name
        assert entry.options.__doc__


@pytest.mark.parametrize(
    ("name", "users"),
    [("my_nets:Small", True), ("a.b.c:d", True), ("plain", False), ("a b:c", False), (":c", False),
     ("a:", False), ("a:b:c", False), ("a..b:c", False), ("../a:b", False), ("", False)],
)  # fmt: skip
def test_what_names_an_object_of_the_users_own(name, users):
    assert is_user_object(name) is users


def test_the_users_own_net_is_built_by_the_object_that_it_names(tmp_path, monkeypatch):
    (tmp_path / "nets_of_a_user.py").write_text("def tiny(**options):\n    return options\n")
    monkeypatch.syspath_prepend(tmp_path)
    net = RecipeSpec.model_validate(
        {"data": "digits", "net": {"name": "nets_of_a_user:tiny", "width": 3, "deep": {"a": (1, 2.5)}}}
    ).net
    assert builder_of(NETS, net)(**net.arguments()) == {"width": 3, "deep": {"a": [1, 2.5]}}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("not_here:x", "cannot import 'not_here:x': ModuleNotFoundError: No module named 'not_here'"),
        (
            "math:nothing",
            "cannot import 'math:nothing': AttributeError: module 'math' has no attribute 'nothing'",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_imported_says_so(path, message):
    with pytest.raises(SpecError) as caught:
        import_object(path)
    assert str(caught.value) == message


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_builder_that_a_table_names_is_there(table):
    for entry in table.values():
        assert callable(import_object(entry.build))
