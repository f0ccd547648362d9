"""A study while it runs, out of the ledger alone: what is known of it, and the local page that shows it.

Knows no test score: it reads runs and their validation, and of looks at the test set only that they were.
"""

from paribus.watching.views import ArmView, RunView, StudyView
from paribus.watching.watcher import Watcher

__all__ = ["ArmView", "RunView", "StudyView", "Watcher"]
