"""The tables of the ledger, once, for every database."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)  # fmt: skip

metadata = MetaData()

ledger_version = Table("ledger_version", metadata, Column("version", Integer, nullable=False))

studies = Table(  # one row a revision
    "studies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("revision", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("spec", JSON, nullable=False),
    Column("plan", JSON, nullable=False),  # control, arms, and each arm's run for each seed
    Column("after_look", Boolean, nullable=False),  # whether the test set had been looked at before
    Column("created", Float, nullable=False),  # seconds since 1970, like every time here
    Column("registered", Float, nullable=False),  # when it was last asked for
    UniqueConstraint("name", "revision"),
)

recipes = Table(
    "recipes",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("recipe", JSON, nullable=False),
    Column("data_fingerprint", String(64), nullable=False),
    Column("parent", String(64)),  # what it starts from: another run, or the SHA-256 of weights
)

runs = Table(
    "runs",
    metadata,
    Column("fingerprint", ForeignKey("recipes.fingerprint"), primary_key=True),
    Column("state", String(16), nullable=False, index=True),
    Column("reason", Text),
    Column("traceback", Text),
    # whose it is: a claim's number grows with each owner, and only the last one may write
    Column("claim", Integer, nullable=False),
    Column("host", String(200)),
    Column("pid", Integer),
    Column("pid_started", Float),
    Column("heartbeat", Float),
    Column("attempts", Integer, nullable=False),  # since the last progress
    # what came out
    Column("last_epoch", Integer),
    Column("last_score", Float),
    Column("best_epoch", Integer),
    Column("best_score", Float),
    Column("parameters", Integer),
    # clock and machine: recorded, never part of the result
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("known", Float),  # when its result was first there, whatever became of its files since
    Column("seconds", Float),
    Column("machine", JSON),
    Column("facts", JSON),  # what a run tells of itself
)

epochs = Table(
    "epochs",
    metadata,
    Column("fingerprint", ForeignKey("runs.fingerprint"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("train_loss", Float),
    Column("train_accuracy", Float),
    Column("validation_loss", Float),
    Column("validation_accuracy", Float),
    Column("learning_rate", Float),
    Column("step_losses", LargeBinary),  # float32, one a step
    Column("step_accuracies", LargeBinary),
    Column("seconds", Float),  # clock
)

artifacts = Table(
    "artifacts",
    metadata,
    Column("fingerprint", ForeignKey("runs.fingerprint"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("bytes", Integer, nullable=False),
)

test_looks = Table(
    "test_looks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study", ForeignKey("studies.id"), nullable=False),
    Column("looked", Float, nullable=False),
    Column("who", String(200), nullable=False),
)

test_scores = Table(
    "test_scores",
    metadata,
    Column("look", ForeignKey("test_looks.id"), primary_key=True),
    Column("fingerprint", ForeignKey("runs.fingerprint"), primary_key=True),
    Column("weights", String(8), nullable=False),  # last or best
    Column("accuracy", Float, nullable=False),
    Column("loss", Float),  # NULL where it is no number
)

trials = Table(  # what a search has asked for, in its order; runs and scores are those of `runs`
    "trials",
    metadata,
    Column("search", String(64), primary_key=True),
    Column("place", Integer, primary_key=True),  # from 0
    Column("batch", Integer, nullable=False),
    Column("number", Integer),  # of the configuration; NULL: it was refused
    Column("rung", Integer, nullable=False),
    Column("point", JSON, nullable=False),
    Column("changes", JSON, nullable=False),
    Column("cells", JSON, nullable=False),  # seed -> the run's fingerprint
    Column("parameters", Integer),
    Column("refused", Text),  # why
    Column("proposer", String(100), nullable=False),  # what proposed it, with its version
)

sittings = Table(  # one row for each command that trains, from its first run to its last
    "sittings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("study", ForeignKey("studies.id"), nullable=False, index=True),
    Column("host", String(200), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("pid_started", Float, nullable=False),
    Column("heartbeat", Float, nullable=False),
    Column("slots", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("ended", Float),
    Column("stop_asked", Float),  # when somebody asked this command, and no other, to stop
)
