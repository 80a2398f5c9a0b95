#!/usr/bin/env python3
"""Calibration of a published network: temperature, likelihood, calibration error and errors at a coverage.

Brings the weights of LeNet-300-100 that the authors of L-OBS published into `attune import`, has `attune predict` answer
MNIST, and computes the figures from these logits. Needs no packages. Usage:

    ATTUNE_DATA=/the/data scripts/calibration-lobs.py ATTUNE FOLDER

writes FOLDER/results.json, of which scripts/reproductions.py takes what it finds.
"""

import array
import gzip
import hashlib
import json
import math
import os
import struct
import subprocess
import sys
import time

SOURCE = "L-OBS's weights, an independent script"


def read_npy(path):
    """Shape and values of a NumPy file of little-endian floats in C or Fortran order."""
    with open(path, "rb") as file:
        data = file.read()
    size = 2 if data[6] == 1 else 4
    start = 8 + size
    length = int.from_bytes(data[8:start], "little")
    header = data[start:start + length].decode("latin1")
    kind = header.split("'descr':")[1].split("'")[1]
    shape = tuple(int(part) for part in header.split("(")[1].split(")")[0].split(",") if part.strip())
    values = array.array({"<f4": "f", "<f8": "d"}[kind])
    values.frombytes(data[start + length:])
    if "'fortran_order': True" in header and len(shape) == 2:
        rows, columns = shape
        values = array.array(values.typecode, [values[j * rows + i] for i in range(rows) for j in range(columns)])
    return shape, values


def write_npy(path, rows, columns, values):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}"
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        array.array("f", iter(values)).tofile(file)


def read_idx(path, count=None):
    """The first `count` items of an IDX file of bytes, all without it, and the size of each."""
    with gzip.open(path) as file:
        dimensions = file.read(4)[3]
        sizes = struct.unpack(f">{dimensions}I", file.read(4 * dimensions))
        size = math.prod(sizes[1:])
        return file.read(size * (count or sizes[0])), size


def write_state_dict(path, layers):
    """A safetensors file of linear layers at the places 0, 2, 4: weights [outputs, inputs] and biases."""
    header, blocks, end = {}, [], 0
    for number, ((inputs, outputs), weights, biases) in enumerate(layers):
        turned = array.array("f", [weights[i * outputs + j] for j in range(outputs) for i in range(inputs)])
        for name, shape, block in [
            (f"{2 * number}.weight", [outputs, inputs], turned.tobytes()),
            (f"{2 * number}.bias", [outputs], array.array("f", iter(biases)).tobytes()),
        ]:
            header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + len(block)]}
            blocks.append(block)
            end += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def probabilities(logits, temperature):
    highest = max(logits)
    parts = [math.exp((logit - highest) / temperature) for logit in logits]
    total = sum(parts)
    return [part / total for part in parts]


def log_loss(rows, labels, temperature):
    """Mean negative logarithm of the probability of the true class."""
    total = 0.0
    for logits, label in zip(rows, labels):
        highest = max(logits)
        total += math.log(sum(math.exp((logit - highest) / temperature) for logit in logits))
        total -= (logits[label] - highest) / temperature
    return total / len(rows)


def best_temperature(rows, labels):
    """The temperature of the smallest loss by golden section over 1/T, in which the loss is convex."""
    ratio = (math.sqrt(5) - 1) / 2
    low, high = 0.05, 2.0
    near, far = high - ratio * (high - low), low + ratio * (high - low)
    near_loss, far_loss = (log_loss(rows, labels, 1 / point) for point in (near, far))
    while high - low > 1e-7:
        if near_loss < far_loss:
            high, far, far_loss = far, near, near_loss
            near = high - ratio * (high - low)
            near_loss = log_loss(rows, labels, 1 / near)
        else:
            low, near, near_loss = near, far, far_loss
            far = low + ratio * (high - low)
            far_loss = log_loss(rows, labels, 1 / far)
    return 2 / (low + high)


def calibration_error(answers, labels, bins=15):
    """Expected calibration error: bins (low, high] of the largest probability, weighted by their rows."""
    sums = [[0, 0.0, 0] for _ in range(bins)]
    for answer, label in zip(answers, labels):
        confidence = max(answer)
        bin = min(bins - 1, max(0, math.ceil(confidence * bins) - 1))
        sums[bin][0] += 1
        sums[bin][1] += confidence
        sums[bin][2] += answer.index(confidence) == label
    return sum(abs(right - confidence) for count, confidence, right in sums if count) / len(labels)


def errors_at(answers, labels, coverage):
    """Errors among the most confident rows."""
    order = sorted(range(len(labels)), key=lambda row: -max(answers[row]))
    kept = order[:round(coverage * len(labels))]
    return sum(answers[row].index(max(answers[row])) != labels[row] for row in kept)


def run(attune, *arguments):
    """Runs a command of attune; what it says is shown where it fails."""
    done = subprocess.run([attune, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"calibration-lobs: attune {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()


def logits_of(attune, folder, model, images):
    """What `attune predict` answers to the rows of a NumPy file."""
    output = f"{folder}/logits.npy"
    run(attune, "predict", "--model", model, "--data", images, "--output", output)
    (rows, columns), values = read_npy(output)
    return [list(values[row * columns:(row + 1) * columns]) for row in range(rows)]


def import_network(attune, folder, name, files):
    layers = []
    for weights, biases in files:
        shape, values = read_npy(weights)
        layers.append((shape, values, read_npy(biases)[1]))
    state, model = f"{folder}/{name}-state.safetensors", f"{folder}/{name}.safetensors"
    write_state_dict(state, layers)
    run(attune, "import", state, "--activation", "relu", "--scale", "0.00392156862745098", "--output", model)
    return model


def main():
    if len(sys.argv) != 3 or not os.environ.get("ATTUNE_DATA"):
        sys.exit("usage: ATTUNE_DATA=/the/data scripts/calibration-lobs.py ATTUNE FOLDER")
    started = time.time()
    attune, folder, data = sys.argv[1], sys.argv[2], os.environ["ATTUNE_DATA"]
    os.makedirs(folder, exist_ok=True)
    published, pruned, digits = f"{data}/lenet300-lobs/original", f"{data}/lenet300-lobs/pruned", f"{data}/mnist"
    original_files = [(f"{published}/w_layer{n}.npy", f"{published}/b_layer{n}.npy") for n in (1, 2, 3)]
    pruned_files = [(f"{pruned}/fc{n}-weights.npy", f"{pruned}/fc{n}-biases.npy") for n in (1, 2, 3)]
    digit_files = [f"{digits}/{part}.gz" for part in (
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")]
    files = [path for pair in original_files + pruned_files for path in pair] + digit_files
    for path in files:
        if not os.path.exists(path):
            sys.exit(f"calibration-lobs: no file {path}")

    rows = {}
    for name, images, labels, count in [("validation", *digit_files[:2], 5000), ("test", *digit_files[2:], None)]:
        pixels, width = read_idx(images, count)
        write_npy(f"{folder}/{name}.npy", len(pixels) // width, width, pixels)
        rows[name] = list(read_idx(labels, count)[0])

    model = import_network(attune, folder, "original", original_files)
    validation = logits_of(attune, folder, model, f"{folder}/validation.npy")
    test = logits_of(attune, folder, model, f"{folder}/test.npy")
    sparse = import_network(attune, folder, "pruned", pruned_files)
    sparse_test = logits_of(attune, folder, sparse, f"{folder}/test.npy")
    labels = rows["test"]

    temperature = best_temperature(validation, rows["validation"])
    plain = [probabilities(logits, 1) for logits in test]
    outcomes = []

    def expect(where, metric, found, value, tolerance, source=SOURCE):
        outcomes.append({
            "place": [where], "metric": metric, "found": found, "isMet": abs(found - value) <= tolerance * (1 + 1e-9),
            "figure": {"value": value, "tolerance": tolerance, "source": source}})

    expect("validation, T = 1", "log loss", log_loss(validation, rows["validation"], 1), 0.140581, 1e-4)
    expect("validation, T*", "log loss", log_loss(validation, rows["validation"], temperature), 0.052744, 1e-4)
    expect("validation", "T*", temperature, 4.090366, 1e-3)
    expect("test, T = 1", "log loss", log_loss(test, labels, 1), 0.139569, 1e-4)
    expect("test, T*", "log loss", log_loss(test, labels, temperature), 0.053225, 1e-4)
    expect("test, T = 1", "calibration error, 15 bins", calibration_error(plain, labels), 0.013346, 1e-4)
    expect("test", "errors", errors_at(plain, labels, 1), 161, 1, "Dong 2017, the authors' weights")
    expect("test, the surest 99 %", "errors", errors_at(plain, labels, 0.99), 113, 2)
    expect("test, the surest 95 %", "errors", errors_at(plain, labels, 0.95), 25, 2)
    sparse_errors = errors_at([probabilities(logits, 1) for logits in sparse_test], labels, 1)
    expect("test, pruned weights", "errors", sparse_errors, 336, 1, "Dong 2017, the authors' pruned weights")

    version = run(attune, "--version")
    hashes = {path.replace(data, "$ATTUNE_DATA", 1): hashlib.sha256(open(path, "rb").read()).hexdigest() for path in files}
    results = {
        "name": "calibration-lobs", "seeds": [], "expected": outcomes,
        "provenance": {"version": version, "dataHashes": hashes, "seconds": time.time() - started},
    }
    with open(f"{folder}/results.json", "w") as file:
        json.dump(results, file, indent=2)
    for name in ("validation.npy", "test.npy", "logits.npy"):
        os.remove(f"{folder}/{name}")
    for outcome in outcomes:
        figure = outcome["figure"]
        print(f"{'met   ' if outcome['isMet'] else 'missed'} {outcome['place'][0]}, {outcome['metric']}: "
              f"{outcome['found']:.6f}, expected {figure['value']} ± {figure['tolerance']}")


if __name__ == "__main__":
    main()
