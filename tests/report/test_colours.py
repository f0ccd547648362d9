from paribus.report.colours import GRAY, style_arms


def test_the_control_is_gray_wherever_it_stands():
    assert style_arms(["a", "b", "c"], "b")["b"].colour == GRAY


def test_a_new_arm_changes_no_other_arms_colour():
    few, many = style_arms(["a", "b", "c"], "a"), style_arms(["a", "b", "c", "d"], "a")
    assert {name: many[name] for name in few} == few


def test_forty_arms_look_different_in_groups():
    styles = style_arms([f"{k}" for k in range(25)], "0")
    assert len(set(styles.values())) == 25
