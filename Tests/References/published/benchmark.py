"""The classes of mariodoebler/test-time-adaptation, which share a base class and a configuration."""

from types import SimpleNamespace

import torch

from published.loading import load, stand_in

FOLDER = "classification"


def configuration(settings, **sections):
    """What the classes read of the benchmark's configuration."""
    adam = settings.get("optimizer", "adam") == "adam"
    return SimpleNamespace(
        MODEL=SimpleNamespace(EPISODIC=False, RESET_AFTER_NUM_UPDATES=0, ARCH="none"),
        CORRUPTION=SimpleNamespace(DATASET="none"),
        OPTIM=SimpleNamespace(
            STEPS=settings.get("steps", 1), METHOD="Adam" if adam else "SGD", LR=settings.get("learningRate"),
            BETA=0.9, WD=0.0, MOMENTUM=settings.get("momentum", 0.0), DAMPENING=0.0, NESTEROV=False),
        TEST=SimpleNamespace(BATCH_SIZE=16, WINDOW_LENGTH=1, DEBUG=False), MIXED_PRECISION=False, **sections)


def load_method(folder, name, changes=(), augmentation=None, split=None):
    """The module methods/NAME.py with the repository's own base class, losses and helpers."""
    root = folder / FOLDER
    never = type("Never", (torch.nn.Module,), {})  # no network of ours is one of these
    models = stand_in("models")
    model = stand_in("models.model", ResNetDomainNet126=never, split_up_model=split)
    transforms = stand_in("torchvision.transforms", Compose=never)
    vision = stand_in("torchvision", transforms=transforms)
    base = load(root / "methods" / "base.py", "methods.base", imports=[models, model, vision, transforms])
    registry = load(root / "utils" / "registry.py", "utils.registry")
    losses = load(root / "utils" / "losses.py", "utils.losses")
    misc = load(root / "utils" / "misc.py", "utils.misc")
    views = stand_in("augmentations.transforms_cotta", get_tta_transforms=lambda *_, **__: augmentation)
    return load(
        root / "methods" / f"{name}.py", f"methods.{name}", changes, [
            models, model, base, stand_in("utils"), registry, losses, misc, stand_in("augmentations"), views])
