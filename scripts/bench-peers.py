#!/usr/bin/env python3
"""Training speed of Attune and of its peers in turn on this machine, as a Markdown table.

    scripts/bench-peers.py --peers path/to/bench_peers.py --python path/to/python [--rounds 3] [--threads 1,2]

The peers' script prints one JSON object per line with "workload", "peer", "value" (samples per second) and takes --only,
--threads and --seconds. Peers and Attune run one after the other in every round, and the best round of each counts:
other work on the machine slows single rounds, not all of them.
"""
import argparse
import json
import os
import subprocess

ATTUNE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".build", "release", "attune")

# The workloads of the peers' script, and how Attune is asked for them.
WORKLOADS = {
    "train-wide-b128": ["train", "--layers", "784,1200,1200,10", "--batch", "128", "--norm", "batch", "--optimizer", "adam"],
    "train-small-b32": ["train", "--layers", "64,128,64,10", "--batch", "32", "--norm", "batch", "--optimizer", "adam"],
    "online-linear-d16": ["online", "--features", "16"],
}


def environment():
    """Without a core type that somebody pinned: every library chooses its own kernels."""
    return {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}


def lines(command, pinned):
    if pinned:
        command = ["taskset", "-c", "0"] + command
    output = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True).stdout
    return output


def ours(workload, threads, seconds):
    command = [ATTUNE, "bench", *WORKLOADS[workload], "--seconds", str(seconds), "--json"]
    if WORKLOADS[workload][0] == "train":
        command += ["--threads", str(threads)]
    return json.loads(lines(command, threads == 1))


def theirs(python, script, workload, threads, seconds):
    command = [python, script, "--only", workload, "--threads", str(threads), "--seconds", str(seconds)]
    rows = [json.loads(line) for line in lines(command, False).splitlines() if line.startswith("{")]
    return {row["peer"]: row["value"] for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", required=True, help="the peers' script")
    parser.add_argument("--python", default="python3", help="an interpreter that has the peers installed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--only", default=",".join(WORKLOADS))
    arguments = parser.parse_args()
    print("| workload | threads | Attune, samples/s | share of sgemm peak | fastest peer | its samples/s | ratio | others |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for workload in arguments.only.split(","):
        for threads in map(int, arguments.threads.split(",")):
            if WORKLOADS[workload][0] == "online" and threads > 1:
                continue  # one row after the other
            best, share, peers = 0.0, None, {}
            for _ in range(arguments.rounds):
                mine = ours(workload, threads, arguments.seconds)
                if mine["samplesPerSecond"] > best:
                    best, share = mine["samplesPerSecond"], mine.get("shareOfPeak")
                for peer, value in theirs(
                    arguments.python, arguments.peers, workload, threads, arguments.seconds
                ).items():
                    peers[peer] = max(value, peers.get(peer, 0))
            ranked = sorted(peers, key=peers.get, reverse=True)
            others = ", ".join(f"{peer} {peers[peer]:,.0f}" for peer in ranked[1:])
            part = f"{share:.0%}" if share else ""
            print(
                f"| {workload} | {threads} | {best:,.0f} | {part} | {ranked[0]} | {peers[ranked[0]]:,.0f} "
                f"| {best / peers[ranked[0]]:.2f} | {others} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
