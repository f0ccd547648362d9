"""What the runs of a study are made of: their data, their nets, what they start from. Each looked up once."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from paribus.data import DataSet, open_data, select_training
from paribus.data.cache import cache_folder
from paribus.data.progress import Tell
from paribus.data.splitting import chosen_classes
from paribus.executors.starts import Made, Origin, Places, find_origin, kept_file
from paribus.executors.trying import check_optimizer, check_start, refuse_other_channels
from paribus.nets import NetSize, Shape, measure_net
from paribus.plan import Arm, PlannedRun
from paribus.specs import DataOptions, RecipeSpec, StartSpec, digest
from paribus.specs.recipe import Epoch


class Materials:
    """Of the arms and of the stages that they need. `tell` is told how far the reading of data is."""

    def __init__(self, arms: Sequence[Arm], *, folder: Path, store: Path, tell: Tell) -> None:
        self._arms, self._folder, self._tell = arms, folder, tell
        self._places = Places(store, folder, cache_folder(), tell)
        self._origins: dict[str, Origin] = {}
        self._tried = cache_folder() / "starts.json"

    @cached_property
    def data_sets(self) -> dict[DataOptions, DataSet]:
        """Read into the cache the first time."""
        recipes = [recipe for arm in self._arms for recipe in arm.chain]
        wanted = dict.fromkeys(recipe.data for recipe in recipes)
        return {options: open_data(options, self._folder, self._tell) for options in wanted}

    def data_of(self, recipe: RecipeSpec) -> DataSet:
        return self._open(recipe.data)

    def _open(self, options: DataOptions) -> DataSet:
        if options not in self.data_sets:  # of what no arm has, as the recipe that a search varies
            self.data_sets[options] = open_data(options, self._folder, self._tell)
        return self.data_sets[options]

    # what a plan must know beside the study file

    def knows_data(self, options: DataOptions) -> str:
        return self._open(options).fingerprint

    def knows_start(self, recipe: RecipeSpec, start: StartSpec) -> tuple[str, Epoch]:
        origin = self._origin(recipe, start)
        return origin.known_by, origin.epoch

    def _origin(self, recipe: RecipeSpec, start: StartSpec) -> Origin:
        """What a run starts from that is no stage."""
        key = digest([recipe.net.model_dump(mode="json"), start.parent, start.epoch])
        if key not in self._origins:
            self._origins[key] = find_origin(recipe.net, start, self._places)
        return self._origins[key]

    # what is looked at before anything runs

    def made_by(self, recipe: RecipeSpec) -> Made:
        """The net that a recipe makes, for the images of its data."""
        data, start = self.data_of(recipe), recipe.start
        classes = tuple(data.classes[one] for one in chosen_classes(recipe.data.classes, data.classes))
        shape = Shape(*data.shape, classes=len(classes))
        return Made(recipe.net, shape, classes, start.hidden if start else ())

    def measure(self, recipe: RecipeSpec) -> NetSize:
        made = self.made_by(recipe)
        return measure_net(made.net, made.shape, cache_folder() / "nets.json", made.hidden)

    def images_seen(self, recipe: RecipeSpec) -> int:
        """By a run, in training, over all its epochs."""
        chosen = select_training(recipe.data, self.data_of(recipe), recipe.seed_of("split"))
        recipe.loss.refuse_unknown(chosen.classes)
        return len(chosen.train.positions) * recipe.epochs

    def check_starts(self, arm: Arm) -> str | None:
        """What a run of the arm trains of the weights that it starts from; refuses what no run can do."""
        told, before = None, None
        for recipe in arm.chain:
            made = self.made_by(recipe)
            refuse_other_channels(recipe, made.shape.channels)
            origin = None
            if recipe.start is not None:
                origin = before if recipe.start.stage else self._origin(recipe, recipe.start)
                assert origin is not None, "a stage comes before what starts from it"
                told = check_start(made, recipe.start, origin, self._tried)
            check_optimizer(made, recipe, origin, self._tried)
            before = made
        return told

    def origin_of(self, run: PlannedRun) -> Origin | None:
        """What a planned run starts from, where that is no stage."""
        start = run.recipe.start
        return None if start is None or start.stage else self._origin(run.recipe, start)

    # what a job must know

    def cached_as(self, recipe: RecipeSpec) -> str | None:
        """Where a worker finds data that are open here, without looking through files again."""
        found = self.data_sets.get(recipe.data)
        return found.folder.name if found else None

    def weights_before(self, run: PlannedRun) -> Path | None:
        """The file that a run's first weights are in, where they are not drawn."""
        start = run.recipe.start
        if start is None or run.parent is None:
            return None
        if run.stage is not None:
            assert start.epoch != "auto", "it was planned, and so decided"
            return kept_file(self._places.store, run.parent, start.epoch)
        origin = self.origin_of(run)
        return origin.file if origin else None
