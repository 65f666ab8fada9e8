"""The task `calculation`, as the service knows it."""

from functools import partial

from service.metrics import Metrics
from service.settings import Settings
from service.tasks.calculation import evaluate_route, predict_route
from service.tasks.calculation.data_plane import DataPlane
from service.tasks.calculation.predictor import load_predictor
from service.tasks.task import Task
from service.work_queue import WorkQueue
from tabuada.manifests import calculation


def prepare_data_plane(settings: Settings, metrics: Metrics) -> DataPlane:
    """Return what answers problems with loaded versions, as the settings have it."""
    evaluations = WorkQueue(
        1, settings.max_waiting, settings.evaluate_wait_s, partial(metrics.observe_wait, "evaluate")
    )
    return DataPlane(evaluations, settings.inline_rows, metrics.observe_answer)


TASK = Task(
    name=calculation.TASK,
    load=load_predictor,
    prepare=prepare_data_plane,
    routers=(predict_route.router, evaluate_route.router),
)
