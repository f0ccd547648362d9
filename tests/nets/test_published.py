"""Weights that others published: where they are, and what happens where there is no network."""

import hashlib
import http.server
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from paribus.errors import SpecError
from paribus.nets.fetching import fetch_published
from paribus.nets.published import Published, find_published
from paribus.nets.weights import read_weights
from paribus.specs.architectures import MobileNetV2, Resnet, Vgg
from paribus.specs.zoo import ZooOptions

USUAL = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


@pytest.mark.parametrize(
    ("options", "name", "found", "url", "sha256"),
    [
        (Resnet(stem="imagenet"), "imagenet", "resnet18 IMAGENET1K_V1",
         "https://download.pytorch.org/models/resnet18-f37072fd.pth", "f37072fd"),
        (ZooOptions(name="torchvision:resnet50"), "IMAGENET1K_V1", "resnet50 IMAGENET1K_V1",
         "https://download.pytorch.org/models/resnet50-0676ba61.pth", "0676ba61"),
        (Vgg(head="imagenet"), "imagenet", "vgg11_bn IMAGENET1K_V1",
         "https://download.pytorch.org/models/vgg11_bn-6002323d.pth", "6002323d"),
        (MobileNetV2(stem="imagenet", padding="after"), "IMAGENET1K_V1", "mobilenet_v2 IMAGENET1K_V1",
         "https://download.pytorch.org/models/mobilenet_v2-b0353104.pth", "b0353104"),
        (ZooOptions(name="timm:mobilenetv2_100"), "imagenet", "mobilenetv2_100.ra_in1k",
         "https://huggingface.co/timm/mobilenetv2_100.ra_in1k/resolve/main/model.safetensors", ""),
        (ZooOptions(name="timm:resnet18"), "tv_in1k", "resnet18.tv_in1k",
         "https://huggingface.co/timm/resnet18.tv_in1k/resolve/main/model.safetensors", ""),
        (ZooOptions(name="timm:resnet18.tv_in1k"), "imagenet", "resnet18.tv_in1k",
         "https://huggingface.co/timm/resnet18.tv_in1k/resolve/main/model.safetensors", ""),
    ],
    ids=lambda value: getattr(value, "name", None),
)  # fmt: skip
def test_weights_are_found_with_what_they_were_trained_to_see(options, name, found, url, sha256):
    published = find_published(options, name)
    assert (published.name, published.url, published.sha256) == (found, url, sha256)
    assert (published.mean, published.deviation) == USUAL
    assert published.size == (224, 224)
    assert len(published.classes) == 1000
    assert published.classes[497] == "church"


def test_what_torchvision_shifts_inside_its_net_is_told_as_it_is():
    found = find_published(ZooOptions(name="torchvision:inception_v3"))
    assert (found.mean, found.deviation, found.size) == ((0.5,) * 3, (0.5,) * 3, (299, 299))


@pytest.mark.slow
def test_all_that_torchvision_and_timm_list_can_be_told():
    from paribus.nets.foreign import import_torchvision  # noqa: PLC0415
    from paribus.nets.zoo import import_timm, list_classifiers  # noqa: PLC0415

    models = import_torchvision("Testing").models
    for name in list_classifiers("torchvision"):
        for kind in set(models.get_model_weights(name).__members__) - {"DEFAULT"}:
            assert find_published(ZooOptions(name=f"torchvision:{name}"), kind).url.startswith("https://")
    listed = import_timm("Testing").list_pretrained()
    assert len(listed) > 1000
    refused = []
    for name in listed:
        try:
            assert find_published(ZooOptions(name=f"timm:{name}")).url.startswith("https://")
        except SpecError as error:
            refused.append(str(error))
    assert len(refused) < 20
    assert all("lies in no kind of file that is read here (https://" in line for line in refused)


NOBODY = "nobody published weights for net"


@pytest.mark.parametrize(
    ("options", "name", "message"),
    [
        (ZooOptions(name="torchvision:resnet50"), "IMAGENET1K_V3", "torchvision's resnet50 has no weights "),
        (
            ZooOptions(name="timm:mobilenetv2_100"),
            "tv",
            "timm's mobilenetv2_100 has no weights 'tv'; known: ra_",
        ),
        (
            ZooOptions(name="timm:resnet18.a9"),
            "imagenet",
            "timm's resnet18 has no weights 'a9'; known: a1_in1k, ",
        ),
        (
            Resnet(),
            "imagenet",
            f"{NOBODY} 'resnet' with these options; there are some for resnet (depth 18, ",
        ),
        (Resnet(stem="imagenet", width=2), "imagenet", f"{NOBODY} 'resnet' with these options"),
        (Vgg(), "imagenet", f"{NOBODY} 'vgg' with these options"),
    ],
)
def test_weights_that_nobody_published_are_refused(options, name, message):
    with pytest.raises(SpecError) as caught:
        find_published(options, name)
    assert str(caught.value).startswith(f"start.weights: {message}")


# --- fetching, from a server of our own


@pytest.fixture
def site(tmp_path):
    """A folder that is served on this machine, and its address."""
    folder = tmp_path / "site"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given):
            super().__init__(*given, directory=str(folder))

        def log_message(self, *_given):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def published(url, sha256=""):
    return Published("net V1", url, "net.pth", sha256, (4, 4), *USUAL, None)


def test_a_file_is_fetched_once_with_its_progress(site, tmp_path):
    folder, address = site
    torch.save({"a": torch.ones(300_000)}, folder / "net.pth")
    whole = (folder / "net.pth").read_bytes()
    offer = published(f"{address}/net.pth", hashlib.sha256(whole).hexdigest()[:8])
    told = []
    path = fetch_published(
        offer, tmp_path / "cache" / "weights", lambda done, size: told.append((done, size))
    )
    assert path == tmp_path / "cache" / "weights" / "net.pth"
    assert path.read_bytes() == whole
    assert told[-1] == (len(whole), len(whole))
    assert len(told) > 1
    assert torch.equal(read_weights(path)["a"], torch.ones(300_000))
    (folder / "net.pth").unlink()
    assert fetch_published(offer, path.parent) == path
    assert [found.name for found in path.parent.iterdir()] == ["net.pth"]


def test_a_file_that_another_fetches_meanwhile_comes_whole_to_both(site, tmp_path):
    folder, address = site
    (folder / "net.pth").write_bytes(bytes(range(256)) * 8192)
    offer, cache, others = published(f"{address}/net.pth"), tmp_path / "cache", []

    def fetch_too(_done, _size):
        if not others:
            others.append("under way")
            with ThreadPoolExecutor(1) as pool:
                others.append(pool.submit(fetch_published, offer, cache).result())

    path = fetch_published(offer, cache, fetch_too)
    assert others == ["under way", path]
    assert path.read_bytes() == (folder / "net.pth").read_bytes()
    assert [found.name for found in cache.iterdir()] == ["net.pth"]


def test_without_a_network_the_message_says_what_to_put_where(tmp_path):
    url = "http://127.0.0.1:1/net.pth"
    with pytest.raises(SpecError) as caught:
        fetch_published(published(url), tmp_path)
    assert str(caught.value) == (
        "start.weights: net V1 cannot be downloaded ([Errno 111] Connection refused). "
        f"Fetch {url} where there is a network, and put it at {tmp_path / 'net.pth'}"
    )
    assert not list(tmp_path.iterdir())
    (tmp_path / "net.pth").write_bytes(b"put there by hand")
    assert fetch_published(published(url), tmp_path) == tmp_path / "net.pth"


def test_an_address_that_is_gone_is_told(site, tmp_path):
    with pytest.raises(SpecError, match=r"net V1 cannot be downloaded \(File not found\)\. Fetch http"):
        fetch_published(published(f"{site[1]}/gone.pth"), tmp_path / "cache")


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_file_with_another_sum_is_refused(site, tmp_path, by_hand):
    folder, address = site
    (folder / "net.pth").write_bytes(b"something else")
    offer = published(f"{address}/net.pth", "0123abcd")
    if by_hand:
        (tmp_path / "net.pth").write_bytes(b"something else")
    with pytest.raises(SpecError) as caught:
        fetch_published(offer, tmp_path)
    assert (
        f"its SHA-256 begins with {hashlib.sha256(b'something else').hexdigest()[:8]}, theirs with 0123abcd"
        in str(caught.value)
    )
    assert (tmp_path / "net.pth").exists() is by_hand
    assert not list(tmp_path.glob("*.part"))


def test_no_sum_is_asked_for_where_none_is_stated(site, tmp_path):
    (site[0] / "net.pth").write_bytes(b"anything")
    offer = replace(published(f"{site[1]}/net.pth"), file="other.pth")
    assert fetch_published(offer, tmp_path / "cache").read_bytes() == b"anything"
