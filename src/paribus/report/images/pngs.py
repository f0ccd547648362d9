"""Drawn pictures inside the page: lossless, small, enlarged by the browser by whole factors."""

import io

from PIL import Image

from paribus.report.embedding import embed_picture
from paribus.report.markup import Html


def show_png(image: Image.Image, alt: str, times: int = 1) -> Html:
    return embed_picture(encode_png(image), "png", image, alt, times=times)


def encode_png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
