import asyncio
import base64
import hashlib
import re
from html.parser import HTMLParser

import httpx
import numpy as np
import pytest

from paribus.serving import Classifier
from paribus.serving.app import build_app
from tests.serving.made_models import CLASSES, encoded, expected_answer, noise, write_model

PNG = {"content-type": "image/png"}
MOST = 20_000


class Client:
    """Asks an application in this process, over no network."""

    def __init__(self, app):
        self._transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    def request(self, method, path, **given):
        async def ask():
            async with httpx.AsyncClient(transport=self._transport, base_url="http://here") as client:
                return await client.request(method, path, **given)

        return asyncio.run(ask())

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, **given):
        return self.request("POST", path, **given)


@pytest.fixture(scope="module")
def client(classifier):
    return Client(build_app(classifier, most_bytes=MOST))


def test_a_picture_is_answered_with_every_class_the_likeliest_first(client):
    reply = client.post("/classify", content=encoded(noise()), headers=PNG)
    assert reply.status_code == 200
    answer = reply.json()["classes"]
    expected = expected_answer(np.asarray(noise()).transpose(2, 0, 1))
    assert {found["name"]: found["probability"] for found in answer} == pytest.approx(expected, abs=1e-6)
    assert answer == sorted(answer, key=lambda found: -found["probability"])


@pytest.mark.parametrize("kind", ["image/jpeg", "image/unknown", "IMAGE/PNG; q=1"])
def test_which_image_type_is_said_does_not_matter_for_the_bytes_decide(client, kind):
    reply = client.post("/classify", content=encoded(noise()), headers={"content-type": kind})
    assert reply.status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data; boundary=x", "application/json", ""])
def test_a_type_that_a_page_of_another_origin_may_send_is_refused(client, kind):
    reply = client.post("/classify", content=encoded(noise()), headers={"content-type": kind})
    assert reply.status_code == 415
    assert reply.json()["error"].startswith("send the picture itself as the body")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "this file is empty; expected a picture"),
        (b"no", "this file is no picture that can be read; known: JPEG,"),
        (encoded(noise())[:-60], "this file cannot be decoded: "),
    ],
)
def test_a_bad_picture_is_a_400_with_its_reason(client, content, told):
    reply = client.post("/classify", content=content, headers=PNG)
    assert reply.status_code == 400
    assert told in reply.json()["error"]


def test_a_body_that_says_it_is_too_large_is_refused_unread(classifier):
    header = (b"content-length", str(MOST + 1).encode())
    assert asyncio.run(_post_in_chunks(classifier, bytes(1000), 99, header)) == (413, 0)


def test_a_refused_body_is_told_the_limit(client):
    reply = client.post("/classify", content=bytes(MOST + 1), headers=PNG)
    assert reply.status_code == 413
    assert reply.json() == {"error": "the picture has more than 20,000 bytes; send a smaller one"}


def test_a_body_of_just_the_limit_is_read(client):
    whole = encoded(noise())
    assert client.post("/classify", content=whole.ljust(MOST, b"\0"), headers=PNG).status_code == 200


async def _post_in_chunks(classifier, chunk, count, header=(b"transfer-encoding", b"chunked")):
    """Straight to the application, as a server would; returns the status and how many chunks it took."""
    taken, sent = 0, []

    async def receive():
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": chunk, "more_body": taken < count}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/classify",
        "query_string": b"",
        "headers": [(b"content-type", b"image/png"), header],
    }
    await build_app(classifier, most_bytes=MOST)(scope, receive, send)
    return sent[0]["status"], taken


def test_a_chunked_body_is_refused_as_soon_as_it_is_too_large(classifier):
    status, taken = asyncio.run(_post_in_chunks(classifier, bytes(1000), 1_000_000))
    assert status == 413
    assert taken == 21


def test_a_chunked_body_within_the_limit_is_put_together(client):
    whole = encoded(noise())
    chunks = [whole[start : start + 100] for start in range(0, len(whole), 100)]

    async def sent():
        for chunk in chunks:
            yield chunk

    reply = client.post("/classify", content=sent(), headers=PNG)
    assert len(chunks) > 2
    assert reply.status_code == 200


def test_a_wrong_length_is_not_believed(client):
    reply = client.post("/classify", content=b"x", headers=PNG | {"content-length": "many"})
    assert reply.status_code == 400


@pytest.mark.parametrize(
    "path", ["/nope", "/classify/", "/model/x", "/static/../../etc/passwd", "/%2e%2e/etc"]
)
def test_what_is_not_there_is_a_404_in_json(client, path):
    reply = client.get(path)
    assert reply.status_code == 404
    assert reply.json() == {"error": "nothing is here; known: /, /classify, /model"}


@pytest.mark.parametrize(("method", "path", "allowed"), [("GET", "/classify", "POST"), ("POST", "/", "GET")])
def test_another_method_is_a_405_that_names_the_right_one(client, method, path, allowed):
    reply = client.request(method, path)
    assert reply.status_code == 405
    assert allowed in reply.headers["allow"]
    assert reply.json() == {"error": f"{method} is not allowed here; allowed: {reply.headers['allow']}"}


def test_the_model_tells_what_it_is_and_what_may_be_sent(client, classifier):
    told = client.get("/model").json()
    assert told.pop("limits") == {
        "most_bytes": MOST,
        "most_pixels": 50_000_000,
        "formats": ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"],
    }
    assert told == classifier.metadata


def test_a_fault_of_our_own_is_a_500_in_json(model_file):
    broken = Classifier(model_file)
    broken._session = None
    reply = Client(build_app(broken)).post("/classify", content=encoded(noise()), headers=PNG)
    assert reply.status_code == 500
    assert reply.json() == {"error": "this server failed; its log says why"}


def test_twenty_at_once_get_their_own_answers(classifier):
    pictures = [noise(12 + k, 10 + k, seed=k) for k in range(20)]

    async def ask_all():
        transport = httpx.ASGITransport(app=build_app(classifier))
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            asked = [client.post("/classify", content=encoded(p), headers=PNG) for p in pictures]
            return await asyncio.gather(*asked)

    replies = asyncio.run(ask_all())
    alone = [classifier.classify(encoded(p)) for p in pictures]
    found = [[(c["name"], c["probability"]) for c in reply.json()["classes"]] for reply in replies]
    assert found == alone
    assert len({answer[0][1] for answer in found}) == 20


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text):
        self.text.append(text)


def test_the_page_fetches_nothing_from_elsewhere(client):
    page = _Page(client.get("/").text)
    places = [value for _, held in page.tags for name, value in held.items() if name in {"src", "href"}]
    assert sorted(places) == ["/favicon.ico", "/model"]
    assert "http" not in client.get("/").text


def test_the_page_shows_the_names_of_a_model_as_text_and_never_as_tags(client):
    page = _Page(client.get("/").text)
    assert "b" not in [tag for tag, _ in page.tags]
    assert ", ".join(CLASSES) in "".join(page.text)
    assert "ants & bees" in "".join(page.text)


def test_the_page_allows_just_what_stands_in_it_to_run(client):
    reply = client.get("/")
    policy = reply.headers["content-security-policy"]
    for tag in ("style", "script"):
        [inside] = re.findall(f"<{tag}>(.*?)</{tag}>", reply.text, re.DOTALL)
        assert base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode() in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_page_says_how_often_the_model_was_right(client):
    assert "On 1,234 validation images it was right 87.5 % of the time." in client.get("/").text


def test_the_page_of_a_model_without_a_score_and_with_many_classes_is_short(tmp_path):
    classes = tuple(f"kind {k}" for k in range(1000))
    classifier = Classifier(write_model(tmp_path / "many.onnx", classes=classes))
    classifier.metadata = {**classifier.metadata, "validation": None}
    text = Client(build_app(classifier)).get("/").text
    assert "kind 39 and 960 more" in text
    assert "it was right" not in text


def test_the_icon_is_answered(client):
    reply = client.get("/favicon.ico")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "image/svg+xml"


def test_every_answer_says_that_it_is_what_it_says(client):
    for reply in (client.get("/"), client.get("/model"), client.get("/nope"), client.get("/classify")):
        assert reply.headers["x-content-type-options"] == "nosniff"
