from paribus.report.scale import choose_reach


def test_an_arm_that_never_learned_does_not_squeeze_the_others():
    assert choose_reach([0.01, 0.02, 0.6]) == 0.02


def test_differences_of_one_kind_all_fit():
    assert choose_reach([0.01, 0.02, 0.1]) == 0.1


def test_the_margin_always_fits():
    assert choose_reach([0.001, 0.06], least=0.05) == 0.06


def test_without_any_difference_there_is_still_an_axis():
    assert choose_reach([]) == 1.0
