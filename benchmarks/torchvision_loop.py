"""The sequential loop that paribus's sweep is measured against: one script a run, as people write it.

torchvision's transforms on each image, a DataLoader, LeNet-5, Adam. Prints its seconds of training.

    python benchmarks/torchvision_loop.py IMAGES.npz SEED
"""

import sys
import time

import numpy as np
import torch
from torch import Tensor, nn

from paribus.nets.foreign import import_torchvision

import_torchvision("The loop of the benchmark")

from torchvision import transforms  # noqa: E402


class Images(torch.utils.data.Dataset[tuple[Tensor, int]]):
    def __init__(self, archive: str) -> None:
        with np.load(archive) as arrays:
            self.images, self.labels = arrays["train_images"], arrays["train_labels"]
        self.transform = transforms.Compose([
            transforms.ToPILImage(),
            transforms.RandomCrop(32, padding=4),
            transforms.RandomHorizontalFlip(),
            transforms.ToTensor(),
            transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        ])  # fmt: skip

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        return self.transform(self.images[index]), int(self.labels[index])


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(int(sys.argv[2]))
    loader = torch.utils.data.DataLoader(Images(sys.argv[1]), batch_size=256, shuffle=True)
    net = nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    started = time.perf_counter()
    for _ in range(2):
        for images, labels in loader:
            loss = nn.functional.cross_entropy(net(images), labels)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    print(f"{time.perf_counter() - started:.2f}")


if __name__ == "__main__":
    main()
