"""torch.compile takes seconds for each net, so these nets are small and the tests slow."""

import shutil

import pytest
import torch

from paribus.errors import ExecutionError
from paribus.specs.nets import Mlp, Plain
from paribus.specs.optimizers import Sgd
from paribus.training import train

from .small import bits, make_data, make_recipe, make_state, restored, run, saved

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("g++") is None, reason="needs a C++ compiler"),
    # torch's own compiler warns of itself
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]

DROPPING = Mlp(hidden=(12,), batch_norm=True, dropout=0.3)


def test_a_compiled_run_is_the_plain_one_but_for_rounding_and_keeps_the_names_of_its_weights():
    data, net = make_data(), Plain(widths=(4,), batch_norm=True)
    plain, compiled = (
        run(make_recipe(net=net, compile=on, optimizer=Sgd(lr=0.01)), data) for on in (False, True)
    )
    assert list(compiled.net.state_dict()) == list(plain.net.state_dict())
    for name, value in plain.net.state_dict().items():
        assert torch.allclose(value, compiled.net.state_dict()[name], atol=1e-4), name
    assert compiled.history[-1].train_loss == pytest.approx(plain.history[-1].train_loss, rel=1e-3)
    assert compiled.facts["compile_seconds"] > 0
    assert compiled.told == [f"compiled: the first step took {compiled.compile_seconds:.1f} s"]
    assert plain.facts == {}


def test_it_is_compiled_code_that_runs_and_one_compilation_serves_all_whole_batches():
    """The short last batch of each epoch, and evaluation, go through the net as it is."""
    torch._dynamo.utils.counters.clear()
    run(make_recipe(net=DROPPING, compile=True), make_data())
    stats = torch._dynamo.utils.counters["stats"]
    assert stats["unique_graphs"] == 1
    assert torch._dynamo.utils.counters["graph_break"] == {}


def test_a_compiled_run_resumed_at_any_step_ends_with_the_same_bits():
    recipe, data = make_recipe(net=DROPPING, compile=True, epochs=2), make_data()
    state = make_state(recipe, data)
    captures = [saved(state), *(saved(state) for _ in train(recipe, data, state))]
    for step in (0, 1, 2, 4):  # after step 2 the first batch to come is the short one
        assert bits(run(recipe, data, restored(recipe, data, captures[step]))) == bits(state), step


def test_runs_beyond_the_number_that_torch_would_recompile_are_compiled_all_the_same():
    data, limit = make_data(), 3
    with torch._dynamo.config.patch(recompile_limit=limit):
        for width in range(3, 3 + limit + 2):
            torch._dynamo.utils.counters.clear()
            run(make_recipe(net=Mlp(hidden=(width,)), compile=True, epochs=1), data)
            assert torch._dynamo.utils.counters["stats"]["unique_graphs"] == 1, width


def test_it_goes_in_bf16_and_in_pieces_too():
    settings = {"net": DROPPING, "compile": True, "epochs": 1, "precision": "bf16", "pieces": 2}
    one, other = (run(make_recipe(**settings), make_data()) for _ in range(2))
    assert bits(one) == bits(other)
    assert one.pieces == 2


def test_where_no_compiler_is_found_it_is_refused_in_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(ExecutionError) as caught:
        run(make_recipe(compile=True), make_data())
    assert str(caught.value) == (
        "compile = true needs a C++ compiler, and here is none of g++, c++, clang++; install one, "
        "or leave compile away"
    )
