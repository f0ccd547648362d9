import numpy as np
import pytest

from paribus import Execution, Study
from paribus.errors import ExecutionError, SpecError, StoreError

INLINE = Execution(executor="inline")
RUN = {"data": "digits", "net": "linear", "epochs": 1, "batch_size": 256}


def test_a_study_from_python_runs_and_shows_its_table(tmp_path):
    study = Study("Which?", control="epochs=1", seeds=2, run=RUN, factors={"epochs": [1, 2]}, folder=tmp_path)
    result = study.run(INLINE)
    assert "| epochs=2 |" in result.table()
    assert result.conclusion.complete
    result.save_report(tmp_path / "r.html")
    assert (tmp_path / "r.html").stat().st_size > 500_000


def test_a_study_from_a_file_and_from_python_is_the_same_study(tmp_path):
    text = '[study]\ntitle="t"\nseeds=2\ncontrol="epochs=1"\n[run]\ndata="digits"\nnet="linear"\n'
    (tmp_path / "study.toml").write_text(
        text + "[factors]\nepochs=[1,2]\n[limits]\nparameters=1000\n"
        '[claims]\n"longer is better"={arm="epochs=2",beats="epochs=1"}\n[reference]\n"epochs=1"={test=0.8}\n'
    )
    loaded = Study.load(tmp_path / "study.toml")
    written = Study(
        "t",
        seeds=2,
        control="epochs=1",
        run={"data": "digits", "net": "linear"},
        factors={"epochs": [1, 2]},
        limits={"parameters": 1000},
        claims={"longer is better": {"arm": "epochs=2", "beats": "epochs=1"}},
        reference={"epochs=1": {"test": 0.8}},
        folder=tmp_path,
    )
    assert loaded.file.spec == written.file.spec
    assert loaded.plan.revision == written.plan.revision


def test_where_the_data_lie_does_not_matter_what_they_hold_does(tmp_path):
    import numpy as np  # noqa: PLC0415

    def study_on(folder, first_pixel):
        folder.mkdir()
        pixels = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
        pixels[0, 0, 0] = first_pixel
        np.savez(folder / "a.npz", train_images=pixels, train_labels=np.arange(40) % 2)
        run = RUN | {"data": {"name": "npz", "path": "a.npz"}}
        return Study("t", seeds=2, run=run, folder=folder)

    one, moved, changed = (
        study_on(tmp_path / name, pixel) for name, pixel in [("one", 0), ("moved", 0), ("changed", 1)]
    )
    assert one.plan.revision == moved.plan.revision != changed.plan.revision


def test_threads_never_follow_from_slots():
    assert Execution(slots=1).threads == Execution(slots=8).threads == 1
    assert Execution(slots=3).slot_count == 3


def test_an_unknown_executor_is_refused_with_the_nearest():
    with pytest.raises(ExecutionError, match="Did you mean 'local'"):
        Execution(executor="locl")


def test_a_report_of_an_unknown_kind_is_refused_before_anything_is_written(tmp_path):
    study = Study("t", seeds=2, run=RUN, folder=tmp_path)
    study.run(INLINE)
    with pytest.raises(ExecutionError, match=r"a report ends in \.html, \.md, \.csv"):
        study.write_report(tmp_path / "a.html", tmp_path / "a.pdf")
    assert not (tmp_path / "a.html").exists()


def test_the_ledger_lies_beside_the_study_or_where_it_is_named(tmp_path, monkeypatch):
    assert Study("t", run=RUN, folder=tmp_path).store == tmp_path / ".paribus"
    assert Study("t", run=RUN, folder=tmp_path, store=tmp_path / "x").store == tmp_path / "x"
    monkeypatch.setenv("PARIBUS_STORE", str(tmp_path / "shared"))
    assert Study("t", run=RUN, folder=tmp_path).store == tmp_path / "shared"


def test_a_fault_of_one_arm_names_the_arm(tmp_path):
    study = Study("t", control="a", run=RUN, arms={"a": {}, "deep": {"net": "lenet5"}}, folder=tmp_path)
    with pytest.raises(SpecError, match="arm 'deep': net 'lenet5' takes images from 16 pixels a side"):
        study.check()


def test_values_from_numpy_and_paths_are_taken_for_what_they_are(tmp_path):
    np.savez(tmp_path / "set.npz", train_images=np.zeros((8, 4, 4), np.uint8), train_labels=np.arange(8) % 2)
    data = {"name": "npz", "path": tmp_path / "set.npz"}
    study = Study(
        "t",
        seeds=range(3),
        run={
            "data": data,
            "net": "linear",
            "epochs": np.int64(2),
            "optimizer": {"name": "sgd", "lr": np.float32(0.1)},
        },
    )
    assert study.file.spec.study.seeds == (0, 1, 2)
    assert (study.file.spec.run.epochs, study.file.spec.run.optimizer.lr) == (2, 0.1)
    assert study.arms[0].recipe.data.path == str(tmp_path / "set.npz")


def test_titles_of_every_script_make_names_of_their_own():
    titles = ("哪个学习率好?", "哪种网络好?", "Größer?", "Which rate?", "?")
    names = [Study(title, run=RUN).file.name for title in titles]
    assert names == ["哪个学习率好", "哪种网络好", "größer", "which-rate", "untitled"]


def test_a_result_of_another_revision_says_so(tmp_path):
    Study("Which?", run=RUN, seeds=2, folder=tmp_path).run(INLINE)
    assert not any(
        "last run" in note
        for note in Study("Which?", run=RUN, seeds=2, folder=tmp_path).result().conclusion.notes
    )
    later = Study("Which?", run=RUN | {"net": "lenet5"}, seeds=2, folder=tmp_path).result()
    said = "This is the revision that was last run; which now says otherwise in: run.net."
    assert later.conclusion.notes[0] == said
    assert said in later.table()


def test_what_was_not_run_says_how_python_runs_it(tmp_path):
    with pytest.raises(StoreError, match=r"^which: has not been run; 'run\(\)' does$"):
        Study("Which?", run=RUN, folder=tmp_path).result()


def test_places_and_settings_of_the_wrong_kind_are_refused(tmp_path):
    (tmp_path / "file.py").touch()
    with pytest.raises(SpecError, match="expected a folder, not a file"):
        Study("Which?", run=RUN, folder=tmp_path / "file.py")
    with pytest.raises(SpecError, match=r'given \["epochs=3"\]|expected a table, such as {"epochs": 3}'):
        Study.load("r4/dropout", settings=["epochs=3"])
