from pathlib import Path

import pytest

from paribus.serving import Classifier
from tests.serving.made_models import write_model


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It sees 12 x 10 pixels in colour."""
    return write_model(tmp_path_factory.mktemp("models") / "ants & bees.onnx")


@pytest.fixture(scope="session")
def classifier(model_file: Path) -> Classifier:
    return Classifier(model_file)
