"""The recipe as data: the stages in order, and the widths of the first network."""

import hashlib
from dataclasses import asdict, dataclass, fields

from grader.errors import GraderError
from reference.network import Widths

SEED = 20240404
HELD_OUT = 2_000

# 43.3 MFLOPs: narrow where maps are large, since 112x112 and 56x56 maps have no more information
# than the pixels, and wide from 28x28 down.
START = Widths.from_lists(
    [
        [3],
        *([3, 3], [3, 6], [16, 6]),
        *([40, 16], [64, 16], [64, 16]),
        *([80, 40], [120, 40], [120, 40], [120, 40], [136, 48], [144, 48], [144, 48]),
        *([192, 96], [288, 96], [288, 96], [288, 128]),
        [448],
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One training stage, which starts from the averaged weights of the stage `after`.

    Attributes:
        after: the stage before; None means the previous one in the recipe.
        resolution: the side in pixels that images are resized to; below 224 the surrogate is
            trained, at 224 the whole network.
        rate: the learning rate after `warmup` epochs, then a cosine down to `rate_end`.
        images: the number of images in an epoch; 0 means all.
        cutout: the side in pixels (of 32) of the square that is cut out; 0 means none.
        target_mflops: prune the network down to this before the first epoch.
        teacher: the stage whose network, at 56 pixels, is the teacher in distillation.
        distillation: the weight of the teacher in the loss.

    """

    name: str
    after: str | None = None
    epochs: int
    resolution: int
    rate: float
    rate_end: float = 0.0
    warmup: float = 0.0
    images: int = 0
    batch: int = 128
    weight_decay: float = 3e-4
    smoothing: float = 0.05
    cutout: int = 0
    target_mflops: float | None = None
    teacher: str | None = None
    distillation: float = 0.0


# Pruned early, while the rate is high: channels that will be pruned need no full training.
RECIPE = (
    Stage(name="sketch", epochs=8, resolution=40, rate=0.2, rate_end=0.15, warmup=1.0),
    Stage(
        name="prune-1",
        epochs=1,
        resolution=56,
        rate=0.15,
        rate_end=0.15,
        target_mflops=38.0,
    ),
    Stage(
        name="prune-2",
        epochs=1,
        resolution=56,
        rate=0.15,
        rate_end=0.15,
        target_mflops=34.0,
    ),
    Stage(
        name="prune-3",
        epochs=18,
        resolution=56,
        rate=0.15,
        target_mflops=30.0,
    ),
    Stage(
        name="whole",
        epochs=2,
        resolution=224,
        rate=0.002,
        images=12_000,
        batch=64,
        teacher="prune-3",
        distillation=0.5,
    ),
    # Optional, takes hours: the same network trained longer, with its front put back again.
    Stage(name="long", after="prune-3", epochs=40, resolution=56, rate=0.12, warmup=0.5),
    Stage(
        name="final",
        epochs=3,
        resolution=224,
        rate=0.01,
        images=16_000,
        batch=64,
        teacher="long",
        distillation=0.5,
    ),
)


def stage_named(name: str) -> Stage:
    """The stage of the recipe called `name`.

    Raises:
        GraderError: there is none.

    """
    for stage in RECIPE:
        if stage.name == name:
            return stage
    raise GraderError(
        f"the recipe has no stage {name!r}",
        help=f"Its stages: {', '.join(stage.name for stage in RECIPE)}.",
    )


def before(stage: Stage) -> Stage | None:
    """The stage whose weights `stage` starts from; None for the first."""
    if stage.after is not None:
        return stage_named(stage.after)
    position = RECIPE.index(stage)
    return RECIPE[position - 1] if position else None


def fingerprint(stage: Stage) -> str:
    """A hash of the seed and all settings up to `stage`; it differs for another recipe."""
    settings: list[object] = [SEED, HELD_OUT, START.as_lists()]
    step: Stage | None = stage
    while step is not None:
        settings.append(_settings(step))
        step = before(step)
    return hashlib.sha256(repr(settings).encode()).hexdigest()[:16]


def _settings(stage: Stage) -> list[tuple[str, object]]:
    """The settings that differ from the defaults, so that a new field keeps old runs valid."""
    values = asdict(stage)
    return [(f.name, values[f.name]) for f in fields(stage) if values[f.name] != f.default]
