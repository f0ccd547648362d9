"""Drawn pictures inside the page: lossless, small, enlarged by the browser by whole factors."""

import base64
import io

from PIL import Image

from paribus.report.markup import Html, element


def show_png(image: Image.Image, alt: str, times: int = 1) -> Html:
    return element(
        "img",
        src=f"data:image/png;base64,{base64.b64encode(encode_png(image)).decode()}",
        width=image.width * times,
        height=image.height * times,
        alt=alt,
        decoding="async",
        class_="pixels" if times > 1 else None,
    )


def encode_png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG", optimize=True)
    return content.getvalue()
