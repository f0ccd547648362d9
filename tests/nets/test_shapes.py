from paribus.nets import Shape


def test_an_image_holds_so_many_numbers():
    assert Shape(3, 4, 5, 10).values == 60
