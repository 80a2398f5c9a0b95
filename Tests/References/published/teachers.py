"""Methods with a teacher: CoTTA and RoTTA."""

from types import SimpleNamespace

import numpy as np
import torch

from published.fixture import ADAM, FAST_ADAM, SGD, Fixture, Outcome, final_norms, optimizer
from published.loading import ON_CPU, ONE_DIMENSIONAL, load, stand_in
from published.problem import CLASSES, VIEWS
from published.repositories import COTTA, ROTTA


def cotta(problem, folder, keep, restore, threshold, noise, **settings):
    published = load(folder / "cifar" / "cotta.py", "cotta", [
        ONE_DIMENSIONAL, ON_CPU,
        ("N = 32", f"N = {VIEWS}"),  # as many views as there is stored noise for
        ("torch.rand(p.shape)", "draw(p.shape)"),  # draws that can be stored
        # Its annotation of the image library is of a version with other constants; the transform is replaced below.
        ("transform = get_tta_transforms()", "transform = None"),
    ], [stand_in("PIL"), stand_in("torchvision"), stand_in("torchvision.transforms"), stand_in("my_transforms")])
    model = published.configure_model(problem.model())
    parameters, _ = published.collect_params(model)
    names = [name for name, _ in model.named_parameters()]
    generator, restored = np.random.default_rng(21), []

    def draw(shape):
        values = generator.random(tuple(shape), dtype=np.float32)
        if not restored or len(restored[-1]) == len(names):
            restored.append({})
        restored[-1][names[len(restored[-1])]] = np.flatnonzero(values < restore)
        return torch.tensor(values)

    published.draw = draw
    method = published.CoTTA(model, optimizer(parameters, settings), mt_alpha=keep, rst_m=restore, ap=threshold)
    method.transform = problem.added_noise() if noise else (lambda rows: rows)
    answers = problem.run(method)
    confidence = [float(z.softmax(1).max(1)[0].mean()) for z in problem.batch_logits()]
    final = {}
    for kind, network in (("student", model), ("teacher", method.model_ema)):
        final |= {f"{kind}.{key}": value for key, value in final_norms(network).items()}
        final |= {f"{kind}.{key}": dict(network.named_parameters())[key].detach().clone() for key in KEPT}
    return Outcome(
        answers, final, dict(confidence=confidence, restored=restored),
        dict(averagedBatches=[i for i, value in enumerate(confidence) if value < threshold],
             restored=int(sum(len(v) for batch in restored for v in batch.values()))))


# Biases of layers ahead of a norm have no gradient but rounding: Adam moves them at random, without effect.
KEPT = ("0.weight", "3.weight", "6.weight", "6.bias")


# Between the anchor's confidences, and above that of the first batch.
MIDDLE = 0.835


def rotta(problem, folder, capacity, frequency, nu, alpha, noise, lambdaAge=1.0, lambdaUncertainty=1.0, **settings):
    core = folder / "core"
    memory = load(core / "utils" / "memory.py", "core.utils.memory")
    layers = load(core / "utils" / "bn_layers.py", "core.utils.bn_layers")
    utilities = load(core / "utils" / "utils.py", "core.utils.utils")
    augment = problem.added_noise(view=0) if noise else (lambda rows: rows)
    transforms = stand_in("core.utils.custom_transforms", get_tta_transforms=lambda _: spread(augment))
    build = stand_in("core.adapter.build", build_adapter=None)
    base = load(core / "adapter" / "base_adapter.py", "core.adapter.base_adapter", imports=[build])
    published = load(core / "adapter" / "rotta.py", "core.adapter.rotta", [ON_CPU], [
        stand_in("core.utils"), memory, layers, utilities, transforms, build, base])
    sections = SimpleNamespace(
        MEMORY_SIZE=capacity, UPDATE_FREQUENCY=frequency, NU=nu, ALPHA=alpha, LAMBDA_T=lambdaAge,
        LAMBDA_U=lambdaUncertainty)
    configuration = SimpleNamespace(
        ADAPTER=SimpleNamespace(RoTTA=sections), OPTIM=SimpleNamespace(STEPS=1),
        CORRUPTION=SimpleNamespace(NUM_CLASS=CLASSES))
    method = published.RoTTA(configuration, problem.model(), lambda parameters: optimizer(parameters, settings))
    contents, ages, updates = [], [], []
    original = method.update_model

    def update(*arguments):
        updates.append(method.current_instance)
        original(*arguments)

    method.update_model = update

    def adapt(x):
        logits = method(x)
        contents.append([[identity(problem, item.data) for item in items] for items in method.mem.data])
        ages.append([[item.age for item in items] for items in method.mem.data])
        return logits

    answers = problem.run(adapt)
    final = {f"student.{key}": value for key, value in final_norms(method.model).items()}
    final |= {f"teacher.{key}": value for key, value in final_norms(method.model_ema).items()}
    return Outcome(answers, final, dict(memory=contents, ages=ages), dict(updatesAfterRows=updates))


def identity(problem, row):
    batch, index = problem.locate(row[None])
    return batch * len(problem.batches[0]) + int(index)


def spread(augment):
    """An augmentation of rows of several batches, row by row."""
    return lambda rows: torch.cat([augment(row[None]) for row in rows])


FIXTURES = [
    Fixture(
        "cotta", COTTA, ["cifar/cotta.py"], [
            "student, teacher and anchor: batch statistics (biased variance, epsilon 1e-5) in all forwards; trained:"
            " all"
            " parameters of all layers; Adam",
            "target: if the mean over rows of the anchor's max softmax < threshold, the mean of the teacher's"
            " *logits* on"
            f" {VIEWS} augmented batches (published: 32), else the teacher's logits on the batch itself",
            "augmented batch v of batch t: rows + noise[t, v] of common.safetensors, or the rows themselves",
            "loss: mean over rows of -sum softmax(target) log_softmax(student), target without gradient",
            "then, in this order: student step; teacher = keep * teacher + (1 - keep) * student (parameters only);"
            " restore of the student: `trace.restored` has the flat indices (row-major, [out, in]) per batch and"
            " parameter that take the source value",
            "restored entries keep their optimizer state",
            "as long as student and teacher are equal and the target is not augmented, the gradient is zero but for"
            " rounding, which Adam would make into full steps: so Adam only follows a first batch with noise here, and"
            " identitySgd stays at the source",
            "returned: the target (from the teacher before its update)",
            "biases of layers 0 and 3 have a zero gradient and are not in `final`"],
        dict(averaged=dict(FAST_ADAM, keep=0.9, restore=0.0, threshold=2.0, noise=True),
             averagedSgd=dict(SGD, keep=0.9, restore=0.0, threshold=2.0, noise=True),
             mixed=dict(FAST_ADAM, keep=0.9, restore=0.0, threshold=MIDDLE, noise=True),
             restoring=dict(FAST_ADAM, keep=0.9, restore=0.05, threshold=MIDDLE, noise=True),
             asConfigured=dict(ADAM, keep=0.999, restore=0.01, threshold=0.92, noise=True),
             identitySgd=dict(SGD, keep=0.9, restore=0.0, threshold=2.0, noise=False)), cotta),
    Fixture(
        "rotta", ROTTA, ["core/adapter/rotta.py", "core/utils/memory.py", "core/utils/bn_layers.py"], [
            "norms: in training mode stat = (1 - alpha) stat + alpha * batch (biased variance), normalized with the new"
            " stat, gradient flows through the batch part, stored without gradient; in evaluation mode the stored stat;"
            " x / sqrt(var + 1e-5)",
            "per batch: logits of the teacher in evaluation mode on the whole batch (returned); label argmax; entropy"
            " -sum p ln(p + 1e-6); then row by row into the memory; after every `frequency` rows one update, also in"
            " the"
            " middle of a batch (the remaining rows keep the labels and entropies they had)",
            "update: teacher and student in training mode, in this order of statistics: teacher on the memory's rows,"
            " student on the augmented ones, each moving its own statistics",
            "memory's order: class by class, oldest insertion first (a removal closes the gap)",
            "loss: mean over rows of w(age) * -sum softmax(teacher) log_softmax(student), w = exp(-a) / (1 +"
            " exp(-a)), a ="
            " age / capacity; one Adam step on the student's gamma and beta; teacher = (1 - nu) teacher + nu"
            " student, all"
            " parameters, no statistics",
            "memory: quota per class capacity / 5, not rounded; score = lambdaAge / (1 + exp(-age / capacity)) +"
            " lambdaUncertainty * entropy / ln 5; of equal scores the later item; a new item is scored at age 0 and"
            " replaces only a strictly higher score; all ages grow by 1 after each row, also for a row that is refused,"
            " and the new item's too (so it is 1 afterwards)",
            "augmentation of row i of batch t: noise[t, 0, i], or none: then student and teacher stay equal, the"
            " gradient"
            " is zero but for rounding (which Adam would make into full steps), and only the statistics move",
            "`trace.memory`: after each batch, per class, 16 * batch + row of the items in order; `trace.ages`"
            " likewise"],
        dict(identitySgd=dict(SGD, capacity=16, frequency=16, nu=0.1, alpha=0.05, noise=False),
             small=dict(FAST_ADAM, capacity=16, frequency=16, nu=0.1, alpha=0.05, noise=True),
             midBatch=dict(FAST_ADAM, capacity=20, frequency=24, nu=0.1, alpha=0.2, noise=True),
             weighted=dict(FAST_ADAM, capacity=12, frequency=10, nu=0.1, alpha=0.05, noise=True, lambdaAge=2.0,
                           lambdaUncertainty=0.5),
             asPublished=dict(ADAM, capacity=64, frequency=64, nu=0.001, alpha=0.05, noise=True)), rotta),
]
