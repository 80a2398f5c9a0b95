"""Reads what Attune writes with the packages that others use: numpy, safetensors, onnx, onnxruntime, pandas, mlflow.

Called by check-exchange.sh with the path of attune. Every check compares with what attune itself answers; a difference
ends the script with the numbers.
"""

import contextlib
import json
import math
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import numpy as np
import onnx
import onnxruntime
import pandas as pd
from safetensors.numpy import load_file, safe_open, save_file

ATTUNE = sys.argv[1]
ROOT = pathlib.Path(__file__).resolve().parent.parent
TOLERANCE = 1e-5


def attune(*arguments, code=0):
    """Runs attune; gives what it printed to both streams."""
    done = subprocess.run([ATTUNE, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, f"attune {arguments}: exit {done.returncode}, expected {code}\n{done.stderr}"
    return done.stdout, done.stderr


def close(found, expected, what):
    """Compares to 1e-5, relative or absolute."""
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, expected {expected.shape}"
    difference = np.abs(found - expected) / np.maximum(1, np.abs(expected))
    assert np.all(difference <= TOLERANCE), f"{what}: differs by {difference.max()}"
    print(f"  {what}: {len(found)} rows, largest difference {difference.max():.1e}")


# Model files ---------------------------------------------------------------------------------------------------------


def forward(path, rows):
    """The answers of a model, recomputed from weights and metadata of its file."""
    weights = load_file(path)
    with safe_open(path, framework="numpy") as file:
        model = json.loads(file.metadata()["attune"])
    preprocessing, x = model["preprocessing"], rows.astype(np.float64)
    if preprocessing["kind"] == "scale":
        x = x * preprocessing["factor"]
    if preprocessing["means"]:
        x = x - preprocessing["means"]
    if preprocessing["deviations"]:
        x = x / preprocessing["deviations"]
    for index, layer in enumerate(model["layers"]):
        if layer["kind"] == "linear":
            x = x @ weights[f"{index}.weight"].T.astype(np.float64)
            if layer["bias"]:
                x = x + weights[f"{index}.bias"]
        elif layer["kind"] == "batchNorm":
            x = (x - weights[f"{index}.running_mean"]) / np.sqrt(weights[f"{index}.running_var"] + layer["epsilon"])
            x = x * weights[f"{index}.weight"] + weights[f"{index}.bias"]
        elif layer["kind"] == "activation":
            functions = {
                "relu": lambda v: np.maximum(0, v), "tanh": np.tanh, "sigmoid": lambda v: 1 / (1 + np.exp(-v)),
                "gelu": lambda v: v * (1 + np.vectorize(math.erf)(v / math.sqrt(2))) / 2,
            }
            x = functions[layer["function"]](x)
    scaling = preprocessing.get("targetScaling")
    return x * scaling["standardDeviation"] + scaling["mean"] if scaling else x


def run_onnx(path, rows, outputs):
    """The outputs of ONNX Runtime, for all rows at once and for one row."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    assert model.opset_import[0].version == 13 and model.producer_name == "attune"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [output.name for output in session.get_outputs()] == outputs
    answers = session.run(None, {"features": rows})
    for all_rows, one in zip(answers, session.run(None, {"features": rows[:1]})):
        assert one.shape[0] == 1 and np.allclose(all_rows[:1], one, atol=1e-5)
    return answers, {entry.key: entry.value for entry in model.metadata_props}


def check_numbers(name, data, model, rows, is_classifier):
    """A model of numbers: its file in numpy, and in ONNX Runtime with and without preprocessing."""
    attune("predict", "--model", model, "--data", data, "-o", "answers.npy")
    expected = np.load("answers.npy")
    close(forward(model, rows), expected, f"{name}, safetensors in numpy")
    if not is_classifier:
        attune("export", "onnx", model, "-o", "model.onnx")
        (found,), metadata = run_onnx("model.onnx", rows, ["prediction"])
        assert metadata["task"] == "regression" and "classes" not in metadata
        attune("export", "onnx", model, "-o", "model.onnx", "--outputs", "both", code=64)
        return close(found, expected, f"{name}, ONNX")
    attune("export", "onnx", model, "-o", "model.onnx", "--outputs", "both")
    (logits, probabilities), metadata = run_onnx("model.onnx", rows, ["logits", "probabilities"])
    close(logits, expected, f"{name}, ONNX")
    attune("predict", "--model", model, "--data", data, "-o", "answers.npy", "--probabilities")
    close(probabilities, np.load("answers.npy"), f"{name}, ONNX, probabilities")
    assert len(json.loads(metadata["classes"])) == logits.shape[1]
    assert len(json.loads(metadata["features"])) == rows.shape[1]
    # A missing value may not be lost on the way: attune refuses the row, ONNX answers NaN.
    holes = rows.copy()
    holes[0, 0] = np.nan
    session = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
    found = session.run(["logits"], {"features": holes})[0]
    assert np.all(np.isnan(found[0])) and np.all(np.isfinite(found[1:]))


def train(name, data, network, training, target="target", preprocessing="{kind: standardize}", source="", more=""):
    """Trains a small model on a CSV file; gives the path of its file."""
    task = "regression" if data != "digits.csv" else "classification"
    path = data if "/" in str(data) else ROOT / "datasets" / data
    pathlib.Path("train.yaml").write_text(f"""
name: check
data:
  source: {{kind: csv, path: {path}, target: {target}{source}}}
  task: {task}
  preprocessing: {preprocessing}
{more}
network: {network}
training: [{training}]
""")
    attune("train", "train.yaml", "--quiet", "-o", f"{name}.safetensors")
    return f"{name}.safetensors"


def check_models():
    print("models")
    digits = pd.read_csv(ROOT / "datasets" / "digits.csv").drop(columns="target").to_numpy(np.float32)
    diabetes = pd.read_csv(ROOT / "datasets" / "diabetes.csv").drop(columns="target").to_numpy(np.float32)
    adam = "{name: all, optimizer: {kind: adam, learningRate: 0.003}, epochs: 2}"
    quickstart = "{kind: mlp, hidden: [128, 64], activation: relu, batchNorm: true}"
    scale = "{kind: scale, factor: 0.0625}"
    digit_file, diabetes_file = ROOT / "datasets" / "digits.csv", ROOT / "datasets" / "diabetes.csv"
    for name, network, preprocessing in [
        ("linear classifier", "{kind: linear}", scale), ("network of the quickstart", quickstart, scale),
        ("tanh, dropout", "{kind: mlp, hidden: [16], activation: tanh, dropout: 0.3, inputDropout: 0.1}", "center"),
        ("sigmoid", "{kind: mlp, hidden: [16], activation: sigmoid}", "standardize"),
        ("gelu, batch norm", "{kind: mlp, hidden: [16, 8], activation: gelu, batchNorm: true}", "none"),
    ]:
        kind = preprocessing if preprocessing.startswith("{") else f"{{kind: {preprocessing}}}"
        model = train("model", "digits.csv", network, adam, preprocessing=kind)
        check_numbers(name, digit_file, model, digits, True)
    for name, network, training in [
        ("least squares", "{kind: linear}", "{name: exact, solver: least-squares}"),
        ("regression by a network", "{kind: mlp, hidden: [16], activation: relu, batchNorm: true}", adam),
    ]:
        model = train("model", "diabetes.csv", network, training)
        check_numbers(name, diabetes_file, model, diabetes, False)
    check_imported()
    check_years()
    check_typed()


def check_imported():
    """A state dict with PyTorch's names becomes a model file, which becomes an ONNX file."""
    generator = np.random.default_rng(0)
    draw = lambda *shape: generator.normal(size=shape).astype(np.float32)
    save_file({
        "0.weight": draw(6, 4), "0.bias": draw(6), "1.weight": draw(6), "1.bias": draw(6), "1.running_mean": draw(6),
        "1.running_var": np.abs(draw(6)) + 0.1, "1.num_batches_tracked": np.array(3), "3.weight": draw(3, 6),
        "3.bias": draw(3),
    }, "state.safetensors")
    attune("import", "state.safetensors", "--activation", "relu", "-o", "model.safetensors")
    rows = draw(50, 4)
    np.save("rows.npy", rows)
    check_numbers("imported state dict", "rows.npy", "model.safetensors", rows, True)


def check_years():
    """Columns far from zero with small deviations lose their digits unless the mean is subtracted in double."""
    generator = np.random.default_rng(1)
    table = pd.DataFrame({"year": generator.integers(2019, 2023, 300), "far": 1e6 + generator.normal(size=300)})
    table["target"] = 1e5 + 30 * (table["year"] - 2020) + table["far"] - 1e6
    table.to_csv("years.csv", index=False)
    path = pathlib.Path("years.csv").resolve()
    model = train("model", str(path), "{kind: linear}", "{name: exact, solver: least-squares}")
    rows = table.drop(columns="target").to_numpy(np.float32)
    check_numbers("years", str(path), model, rows, False)


def check_typed():
    """Categories, holes, indicators, an ordinal column and an unknown category."""
    generator = np.random.default_rng(2)
    count = 400
    table = pd.DataFrame({
        "x": generator.normal(3, 2, count), "color": generator.choice(["red", "green", "blue"], count),
        "size": generator.choice(["S", "M", "L"], count), "y": generator.normal(100, 5, count),
    })
    table["target"] = table["x"] + (table["color"] == "red") * 2 + generator.normal(size=count)
    table.loc[::7, "x"] = np.nan
    table.loc[::11, "color"] = np.nan
    table.to_csv("typed.csv", index=False)
    more = """  imputation: {numeric: median, categorical: category, indicators: true}
  encoding: {unknown: ignore, columns: {size: ordinal}, levels: {size: [S, M, L]}}
"""
    model = train("model", str(pathlib.Path("typed.csv").resolve()), "{kind: mlp, hidden: [8]}",
                  "{name: all, optimizer: {kind: adam}, epochs: 2}", more=more,
                  source=', missing: [""], categorical: [size, color]')
    table.loc[3, "color"] = "violet"
    table.to_csv("typed.csv", index=False)
    attune("predict", "--model", model, "--data", "typed.csv", "-o", "answers.npy")
    _, told = attune("export", "onnx", model, "-o", "model.onnx")
    assert "categories are numbers here" in told and "color, size" in told
    metadata = {entry.key: entry.value for entry in onnx.load("model.onnx").metadata_props}
    categories, rows = json.loads(metadata["categories"]), []
    for name in json.loads(metadata["features"]):
        if name in categories:
            codes = {level: code for code, level in enumerate(categories[name])}
            rows.append([np.nan if pd.isna(v) else codes.get(v, 99) for v in table[name]])
        else:
            rows.append(table[name].tolist())
    rows = np.array(rows, np.float32).T
    (found,), _ = run_onnx("model.onnx", rows, ["prediction"])
    close(found, np.load("answers.npy"), "categories and holes, ONNX")


# Runs ----------------------------------------------------------------------------------------------------------------


def experiment():
    """A small run with two training arms, two inference arms and a student; gives its folder."""
    pathlib.Path("run.yaml").write_text(f"""
name: exchange
seeds: [0, 1]
data:
  source: {{kind: csv, path: {ROOT}/datasets/digits.csv, target: target}}
  task: classification
  split: {{kind: random, trainFraction: 0.3}}
  preprocessing: {{kind: scale, factor: 0.0625}}
network: {{kind: mlp, hidden: [16], batchNorm: true}}
training:
  - {{name: "=sgd, small", optimizer: {{kind: sgd, learningRate: 0.05}}, epochs: 1}}
  - {{name: adam, optimizer: {{kind: adam, learningRate: 0.003}}, epochs: 1}}
inference:
  - {{name: none, strategy: none}}
  - {{name: bn/batch, strategy: bn-batch}}
  - {{name: student, strategy: none, student: {{hidden: [4], epochs: 1}}}}
scenarios:
  - {{name: clean}}
  - {{name: noise, shifts: [{{kind: gaussian-noise, standardDeviation: 4}}]}}
""")
    attune("run", "run.yaml", "--output", "runs/exchange", "--quiet")
    return "runs/exchange"


def check_tables(run):
    print("tables")
    expected = {
        "cells": (12, ["quality_mean", "difference_low"], ["seeds", "rows", "events"], ["uses_labels", "is_oracle"]),
        "seeds": (24, ["quality", "logLoss", "training_seconds"], ["seed", "epochs", "training_flops"], []),
        "batches": (None, ["quality"], ["seed", "batch", "first_row"], []),
        "costs": (12, ["training_seconds_mean", "flops_per_sample"], ["parameters", "model_bytes"], []),
        "events": (None, [], [], []), "settings": (None, [], [], []),
    }
    for name, (count, numbers, integers, flags) in expected.items():
        attune("export", "csv", run, "--what", name, "-o", "table.csv")
        table = pd.read_csv("table.csv")
        assert count is None or len(table) == count, f"{name}: {len(table)} rows"
        for kind, columns in [("float64", numbers), ("int64", integers), ("bool", flags)]:
            for column in columns:
                assert table[column].dtype == kind, f"{name}.{column} is {table[column].dtype}, expected {kind}"
        assert (table["run"] == "exchange").all()
        printed, _ = attune("export", "json", run, "--lines", "--what", name)
        lines = [json.loads(line) for line in printed.splitlines()]
        assert len(lines) == len(table)
        for place, line in enumerate(lines):
            assert list(line) == list(table.columns)
            for column in numbers:
                assert np.array_equal(np.float64(line[column] if line[column] is not None else np.nan),
                                      table[column][place], equal_nan=True)
        print(f"  {name}: {len(table)} rows, {len(table.columns)} columns")
    document = json.loads(attune("export", "json", run)[0])
    assert document["results"] == json.loads(pathlib.Path(run, "results.json").read_text())
    assert len(document["units"]) == 4 and document["config"]["training"][1]["epochs"] == 1
    attune("export", "csv", run, "--what", "batches", "-o", "table.csv")
    batches = pd.read_csv("table.csv")
    assert set(batches["training"]) == {"'=sgd, small", "adam"}, "formulas are guarded"
    quality = batches.query("training == 'adam' and inference == 'none' and scenario == 'clean' and seed == 0")["quality"]
    trace = next(arm["trace"] for unit in document["units"] if unit["training"] == "adam" and unit["seed"] == 0
                 for arm in unit["arms"] if arm["inference"] == "none" and arm["scenario"] == "clean")
    assert quality.tolist() == trace
    attune("export", "onnx", run, "--training", "adam", "--seed", 1, "--student", "student", "-o", "student.onnx")
    attune("export", "onnx", run, "--training", "adam", "--seed", 1, "-o", "adam.onnx")
    assert os.path.getsize("student.onnx") < os.path.getsize("adam.onnx")
    attune("export", "onnx", run, "--seed", 1, "-o", "x.onnx", code=64)


@contextlib.contextmanager
def mlflow_server():
    """A tracking server on loopback, which ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
               "--backend-store-uri", "sqlite:///mlflow.db", "--artifacts-destination", str(pathlib.Path("files").resolve())]
    with open("server.log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env=environment, start_new_session=True)
    try:
        started = time.monotonic()
        while True:
            try:
                urllib.request.urlopen(address + "/health", timeout=2).read()
                break
            except OSError:
                assert server.poll() is None, pathlib.Path("server.log").read_text()
                assert time.monotonic() - started < 180, "the server does not answer within 180 s"
                time.sleep(0.2)
        print(f"mlflow (server started in {time.monotonic() - started:.0f} s)")
        yield address
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


def check_mlflow(run):
    with mlflow_server() as address:
        import mlflow

        mlflow.set_tracking_uri(address)
        client = mlflow.MlflowClient()
        # Stopped in the middle, then again to its end, then once more.
        first = subprocess.Popen([ATTUNE, "export", "mlflow", run, "--uri", address], stderr=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL)
        while first.poll() is None:
            made = client.get_experiment_by_name("exchange")
            if made and len(client.search_runs([made.experiment_id])) >= 5:
                first.kill()
                break
        first.wait()
        number = client.get_experiment_by_name("exchange").experiment_id
        print(f"  killed with {len(client.search_runs([number]))} of 25 runs written")
        started = time.monotonic()
        told = json.loads(attune("export", "mlflow", run, "--uri", address, "--json")[0])
        print(f"  written in {time.monotonic() - started:.1f} s")
        assert told["written"] + told["present"] == 25, told
        again = json.loads(attune("export", "mlflow", run, "--uri", address, "--json")[0])
        assert (again["written"], again["present"], again["run_id"]) == (0, 25, told["run_id"]), again
        runs = client.search_runs([number], max_results=1000)
        assert len(runs) == 25 and all(r.info.status == "FINISHED" for r in runs)
        children = [r for r in runs if r.data.tags.get("mlflow.parentRunId") == told["run_id"]]
        assert len(children) == 24
        check_child(client, run, children)
        check_parent(client, run, told["run_id"])
    # The server is gone.
    _, told = attune("export", "mlflow", run, "--uri", address, code=69)
    assert "cannot reach an MLflow server" in told


def check_child(client, run, children):
    document = json.loads(attune("export", "json", run)[0])
    for child in children:
        tags, metrics, params = child.data.tags, child.data.metrics, child.data.params
        unit = next(u for u in document["units"]
                    if u["training"] == tags["attune.training"] and str(u["seed"]) == tags["attune.seed"])
        arm = next(a for a in unit["arms"]
                   if a["inference"] == tags["attune.inference"] and a["scenario"] == tags["attune.scenario"])
        assert metrics["error"] == arm["quality"] and metrics["logLoss"] == arm["metrics"]["logLoss"]
        history = client.get_metric_history(child.info.run_id, "batch_error")
        assert [(m.step, m.value) for m in history] == list(enumerate(arm["trace"]))
        assert params["training.optimizer.learningRate"] in ("0.05", "0.003") and params["seed"] == str(unit["seed"])
        assert params["inference.strategy"] in ("none", "bn-batch") and params["network.hidden"] == "[16]"
        assert tags["attune.verdict"] and tags["attune.source_access"] and tags["attune.reset"] == "never"
        assert tags["attune.uses_labels"] == "false" and tags["attune.label_delay"] == "never"
    print(f"  {len(children)} runs below it: parameters, metrics with steps, tags")


def check_parent(client, run, number):
    import mlflow

    names = [file.path for file in client.list_artifacts(number)]
    assert {"report.html", "config.yaml", "results.json", "results.csv", "provenance.json", "models"} <= set(names), names
    for path in sorted(pathlib.Path(run).rglob("*")):
        name = path.relative_to(run).as_posix()
        if name in ("report.html", "config.yaml", "results.json") or name.startswith("models/"):
            with tempfile.TemporaryDirectory() as folder:
                found = mlflow.artifacts.download_artifacts(run_id=number, artifact_path=name, dst_path=folder)
                assert pathlib.Path(found).read_bytes() == path.read_bytes(), name
    parent = client.get_run(number)
    assert parent.data.params["data.split.trainFraction"] == "0.3"
    assert parent.data.metrics["error/adam/none/clean"] >= 0 and parent.data.metrics["error/_sgd_ small/bn_batch/noise"]
    print(f"  the run: {len(parent.data.params)} parameters, {len(names)} files and folders")


def main():
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        check_models()
        run = experiment()
        check_tables(run)
        check_mlflow(run)
        os.chdir("/")
    print(f"check-exchange: ok, {time.monotonic() - started:.0f} s")


main()
