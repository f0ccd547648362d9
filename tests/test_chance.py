import numpy as np

from paribus import chance


def test_the_same_key_gives_the_same_numbers_and_any_other_key_gives_others():
    table = chance.uniforms((100, 3), 0, "augment", 4)
    assert np.array_equal(table, chance.uniforms((100, 3), 0, "augment", 4))
    for other in [(1, "augment", 4), (0, "order", 4), (0, "augment", 5), (0, "augment", 4, 0)]:
        assert not np.array_equal(table, chance.uniforms((100, 3), *other))


def test_a_key_cannot_be_mistaken_for_another_by_where_its_parts_end():
    assert chance.integer(1, "a", 23) != chance.integer(1, "a", 2, 3) != chance.integer(12, "a", 3)


def test_the_numbers_are_those_of_the_specification_on_every_machine():
    assert chance.words(3, 0, "order", 0).tolist() == [
        8269801542248420017, 5667340766467460463, 8080236239582304276,
    ]  # fmt: skip


def test_uniforms_fill_the_unit_interval_evenly():
    drawn = chance.uniforms((100_000,), 7, "check").astype(np.float64)
    assert 0 <= drawn.min() < drawn.max() < 1
    assert abs(drawn.mean() - 0.5) < 5 * np.sqrt(1 / 12 / 100_000)
    counts = np.histogram(drawn, bins=20, range=(0, 1))[0]
    assert ((counts - 5000) ** 2 / 5000).sum() < 45  # chi-square with 19 degrees: p < 0.001 above 43.8


def test_a_permutation_holds_each_number_once():
    order = chance.permutation(1000, 3, "order", 1)
    assert sorted(order.tolist()) == list(range(1000))
    assert order.tolist() != list(range(1000))
