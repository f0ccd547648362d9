import numpy as np
from PIL import Image

from paribus.data.images import resized


def pixels(channels, height, width):
    return np.random.default_rng(0).integers(0, 256, (5, channels, height, width), dtype=np.uint8)


def test_images_of_the_right_size_are_not_touched():
    images = pixels(3, 8, 8)
    assert resized(images, 8) is images


def test_each_channel_is_resized_as_pillow_does_it():
    for channels, height, width, side in [(3, 9, 12, 6), (1, 28, 28, 32), (3, 4, 8, 8)]:
        images = pixels(channels, height, width)
        found = resized(images, side)
        assert found.shape == (5, channels, side, side)
        for image, small in zip(images, found, strict=True):
            if channels == 3:
                whole = Image.fromarray(image.transpose(1, 2, 0))
                expected = np.asarray(whole.resize((side, side), Image.Resampling.BILINEAR)).transpose(
                    2, 0, 1
                )
            else:
                expected = np.asarray(
                    Image.fromarray(image[0]).resize((side, side), Image.Resampling.BILINEAR)
                )
            assert np.array_equal(small, expected.reshape(small.shape))
