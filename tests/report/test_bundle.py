from paribus.report.bundle import read_bundle


def test_the_kept_copy_is_the_same_and_a_damaged_one_is_made_again(tmp_path):
    fresh = read_bundle(tmp_path)
    assert "vegaEmbed" in fresh
    assert "</script" not in fresh.lower()
    (kept,) = tmp_path.iterdir()
    assert read_bundle(tmp_path) == fresh
    kept.write_text(kept.read_text()[:1000])
    assert read_bundle(tmp_path) == fresh


def test_a_cache_that_cannot_be_written_is_no_reason_to_fail(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert read_bundle(blocked)
