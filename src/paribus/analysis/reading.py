"""What runs have left of their predictions."""

from paribus.analysis.metrics import Predictions
from paribus.store import Ledger, read_arrays


def read_predictions(ledger: Ledger, fingerprint: str, file: str) -> Predictions:
    arrays, _ = read_arrays(ledger.run_folder(fingerprint) / file)
    return Predictions(arrays["positions"], arrays["labels"], arrays["logits"])
