"""A trained run leaves: as a torch module, or as one file that needs neither torch nor paribus.

Starts from a kept weights file alone; knows no study and no training.
"""

from paribus.export.loading import TrainedModel, load
from paribus.export.onnx import ExportResult, export_run

__all__ = ["ExportResult", "TrainedModel", "export_run", "load"]
