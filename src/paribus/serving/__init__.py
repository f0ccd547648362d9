"""An exported model answers: in Python, on the command line, and on a web page. Knows no torch and no ledger.

`Classifier` needs onnxruntime; `serving.app` and `serving.listening`, imported where they are used, need
starlette and uvicorn as well.
"""

from paribus.serving.classifier import Classifier

__all__ = ["Classifier"]
