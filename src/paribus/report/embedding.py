"""A picture inside the page, as data: nothing is fetched."""

import base64
from typing import Literal

from PIL import Image

from paribus.report.markup import Html, element


def embed_picture(
    content: bytes,
    kind: Literal["png", "webp"],
    image: Image.Image,
    alt: str,
    *,
    times: int = 1,
    lazy: bool = False,
) -> Html:
    """`content` is the encoded `image`, shown `times` as large with its pixels sharp."""
    return element(
        "img",
        src=f"data:image/{kind};base64,{base64.b64encode(content).decode()}",
        width=image.width * times,
        height=image.height * times,
        alt=alt,
        loading="lazy" if lazy else None,
        decoding="async",
        class_="pixels" if times > 1 else None,
    )
