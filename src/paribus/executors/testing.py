"""The only code that opens a test set: it evaluates one run, for whoever records the look."""

from paribus.data import select_test
from paribus.errors import ExecutionError
from paribus.executors.events import Event, Job
from paribus.executors.job import Tell
from paribus.executors.keeping import keep_found, keep_predictions
from paribus.executors.looking import Judged, look_again
from paribus.executors.preparing import load_images, load_portion, make_net, open_for
from paribus.nets import Shape
from paribus.store import Ledger, read_arrays
from paribus.training import Feed, evaluate
from paribus.training.state import lay_out, tensors_of


def test_job(job: Job, ledger: Ledger, *, tell: Tell) -> None:
    """Evaluates the weights that the job names on all the test images of the recipe's classes."""
    if job.test is None:
        raise ExecutionError("a test job names the weights to test")
    folder = ledger.run_folder(job.fingerprint)
    weights, facts = read_arrays(folder / f"{job.test}.safetensors")
    data = open_for(job)
    seen = load_images(job, data, (tuple(facts["mean"]), tuple(facts["deviation"])))
    net = make_net(job.recipe, Shape(*data.shape, classes=len(seen.classes)))
    net.load_state_dict(tensors_of(weights))
    net = lay_out(net, job.recipe, job.device)
    test = load_portion(data, select_test(job.recipe.data, data), job.device)
    found = evaluate(net, Feed(job.recipe, seen), test)
    files = keep_predictions(folder, f"test-{job.test}", test.origins, test.labels, found.logits)
    looked = look_again(job, data, seen, net, Judged("test", test.origins, test.labels, found.logits))
    files |= keep_found(folder, f"test-saliency-{job.test}", *looked)
    facts = {"weights": job.test, "accuracy": found.accuracy, "loss": found.loss, "files": files}
    tell(Event("tested", job.fingerprint, facts))


test_job.__test__ = False  # type: ignore[attr-defined]  # no test case, whatever pytest thinks of the name
