#!/usr/bin/env python3
"""Writes docs/reproductions.md from the runs of scripts/reproduce.sh. Needs no packages. Usage:

    scripts/reproductions.py [FOLDER, default runs/reproduce] > docs/reproductions.md

Every number comes from FOLDER/<name>/results.json and FOLDER/<name>.time, every word about a reproduction from
experiments/reproduce/notes.md.
"""

import json
import math
import os
import re
import sys
from decimal import Decimal

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TITLES = {
    "rmse": "RMSE", "mae": "MAE", "mse": "MSE", "r2": "R²", "logLoss": "log loss", "logLikelihood": "log-likelihood",
    "auroc": "AUROC", "f1": "F1",
}


class Reproduction:
    """A section of the notes."""

    def __init__(self, heading, body):
        match = re.match(r"(\d+)\. (.*)", heading)
        self.number, self.title = (match[1], match[2]) if match else ("", heading)
        self.keys, text = {}, []
        key = None
        for line in body.strip().splitlines():
            started = re.match(r"- (paper|runs|not yet|if missed): (.*)", line)
            if started:
                key = started[1]
                self.keys[key] = started[2]
            elif key and line.startswith("  "):
                self.keys[key] += " " + line.strip()
            else:
                key = None
                text.append(line)
        self.text = "\n".join(text).strip()
        self.runs = [name.strip() for name in self.keys.get("runs", "").split(",") if name.strip()]

    @property
    def heading(self):
        return f"{self.number}. {self.title}" if self.number else self.title

    @property
    def anchor(self):
        kept = "".join(c for c in self.heading.lower() if c.isalnum() or c in " -")
        return "#" + kept.replace(" ", "-")


class Run:
    """What an experiment found; `results` is None where it was not run."""

    def __init__(self, folder, name):
        self.name, self.results = name, None
        path = f"{folder}/{name}/results.json"
        if os.path.exists(path):
            with open(path) as file:
                self.results = json.load(file)
        self.outcomes = (self.results or {}).get("expected") or []
        self.provenance = (self.results or {}).get("provenance", {})
        self.wall, self.processor = self.times(f"{folder}/{name}.time")

    def times(self, path):
        """Wall-clock and processor seconds over all calls that the run took."""
        if not os.path.exists(path):
            return self.provenance.get("seconds"), None
        with open(path) as file:
            calls = [[float(part) for part in line.split()] for line in file if line.strip()]
        return sum(call[0] for call in calls), sum(call[1] + call[2] for call in calls)


def plain(value):
    """The shortest decimal that reads back the same, without an exponent."""
    return f"{Decimal(repr(value)).normalize():f}".replace("-", "−")


def decimals_for(outcome):
    figure = outcome["figure"]
    compared = figure.get("below") or figure.get("above") or {}
    stated = [figure.get(key) for key in ("value", "published", "minimum", "maximum")] + [compared.get("margin")]
    stated = [value for value in stated if value is not None]
    if stated:
        return max(len(plain(value).partition(".")[2]) for value in stated) + (0 if is_count(outcome) else 1)
    found = abs(outcome.get("found") or 0)
    return max(0, 3 - math.floor(math.log10(found))) if found > 0 else 2


def is_count(outcome):
    return outcome["metric"] == "errors"


def fixed(value, decimals):
    text = f"{value:,.{decimals}f}" if abs(value) >= 10_000 else f"{value:.{decimals}f}"
    return text.replace("-", "−")


def seconds(value):
    if value is None:
        return ""
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def where(outcome):
    """What the figure is of: the arms, without the scenario where there is one only."""
    figure = outcome["figure"]
    metric = TITLES.get(outcome["metric"], outcome["metric"])
    budgets = figure.get("features")
    if budgets:
        text = plain(budgets[0]) if len(budgets) == 1 else f"{plain(budgets[0])} to {plain(budgets[-1])}"
        metric += f" with {text} input" + ("" if budgets == [1] else "s") + (", mean" if len(budgets) > 1 else "")
    names = outcome["place"][1:] if len(outcome["place"]) == 3 else outcome["place"]
    return ", ".join(name for name in names if name), metric


def expectation(outcome):
    """Published value and tolerance in words."""
    figure = outcome["figure"]
    published = figure.get("value", figure.get("published"))
    compared = figure.get("below") or figure.get("above")
    if compared:
        names = [compared[key] for key in ("scenario", "training", "inference", "learner") if compared.get(key)]
        text = ("below " if figure.get("below") else "above ") + ", ".join(names)
        if compared.get("margin"):
            text += f" by {plain(compared['margin'])} or more"
        if compared.get("seeds"):
            text += f", in {compared['seeds']} or more seeds"
    elif figure.get("value") is not None:
        text = "± " + plain(figure["tolerance"]) if figure.get("tolerance") else "the same"
    elif figure.get("minimum") is None:
        text = f"at most {plain(figure['maximum'])}"
    elif figure.get("maximum") is None:
        text = f"at least {plain(figure['minimum'])}"
    else:
        text = f"{plain(figure['minimum'])} to {plain(figure['maximum'])}"
    shown = "" if published is None else plain(published)
    return ("difference " + shown if compared and shown else shown), text


def ours(outcome):
    """What the run found, with its 95 % interval over seeds."""
    found = outcome.get("found")
    if found is None:
        return "none"
    decimals = decimals_for(outcome)
    text = fixed(found, decimals)
    interval = outcome.get("interval")
    if interval and interval["high"] > interval["low"]:
        text += f" [{fixed(interval['low'], decimals)}, {fixed(interval['high'], decimals)}]"
    if outcome.get("own") is not None:
        figure = outcome["figure"]
        text = f"difference {text} ({fixed(outcome['own'], decimals)} against {fixed(outcome['other'], decimals)})"
        differences = outcome.get("perSeed") or []
        if len(differences) > 1:
            right = sum((d < 0) if figure.get("below") else (d > 0) for d in differences)
            text += f"; {right} of {len(differences)} seeds"
    return text


def verdict(outcome):
    return "met" if outcome["isMet"] else "**missed**"


def tally(outcomes):
    met = sum(outcome["isMet"] for outcome in outcomes)
    return f"{met} of {len(outcomes)}"


def summary(reproductions, runs):
    yield "| no. | reproduction | paper | figures met | wall-clock seconds | processor seconds |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for item in reproductions:
        if not item.keys:
            continue
        found = [runs[name] for name in item.runs]
        outcomes = [outcome for run in found for outcome in run.outcomes]
        met = tally(outcomes) if outcomes else "not run" if item.runs else "not yet"
        if outcomes and "not yet" in item.keys:
            met += ", in part"
        wall, processor = ([getattr(run, key) for run in found if run.results and getattr(run, key) is not None]
                           for key in ("wall", "processor"))
        yield (f"| {item.number} | [{item.title}]({item.anchor}) | {item.keys.get('paper', '')} | {met} | "
               f"{seconds(sum(wall)) if wall else ''} | {seconds(sum(processor)) if processor else ''} |")


def table(reproductions, runs):
    yield "| no. | experiment | of | figure | published | ours [95 % interval] | expected | verdict | seconds |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for item in reproductions:
        for name in item.runs:
            for outcome in runs[name].outcomes:
                arms, metric = where(outcome)
                published, tolerance = expectation(outcome)
                yield (f"| {item.number} | {name} | {arms} | {metric} | {published} | {ours(outcome)} | {tolerance} | "
                       f"{verdict(outcome)} | {seconds(runs[name].processor or runs[name].wall)} |")


def section(item, runs):
    yield f"## {item.heading}"
    if "paper" in item.keys:
        yield ""
        yield item.keys["paper"][:1].upper() + item.keys["paper"][1:] + "."
    if "not yet" in item.keys:
        yield ""
        yield f"Not yet: {item.keys['not yet']}"
    if item.text:
        yield ""
        yield item.text
    if not item.runs:
        return
    yield ""
    yield "```"
    yield f"ATTUNE_DATA=$PWD/data scripts/reproduce.sh {' '.join(item.runs)}"
    yield "```"
    for name in item.runs:
        run = runs[name]
        config = f"experiments/reproduce/{name}.yaml"
        file = config if os.path.exists(f"{ROOT}/{config}") else f"scripts/{name}.py"
        seeds = len((run.results or {}).get("seeds", []))
        said = f"{seeds} seed{'' if seeds == 1 else 's'}, " if seeds else ""
        said += tally(run.outcomes) + " figures met" if run.outcomes else "not run"
        sources = dict.fromkeys(outcome["figure"].get("source") for outcome in run.outcomes)
        cited = "; ".join(source for source in sources if source)
        yield ""
        yield f"[{name}](../{file}): {said}.{' Published: ' + cited + '.' if cited else ''}"
        missed = [outcome for outcome in run.outcomes if not outcome["isMet"]]
        for outcome in missed:
            arms, metric = where(outcome)
            published, tolerance = expectation(outcome)
            yield f"- **Missed**: {arms}, {metric}: {ours(outcome)}; published {published or 'no number'}, expected {tolerance}."
        if missed and "if missed" in item.keys:
            yield f"- Why: {item.keys['if missed']}"


def machine(runs):
    known = [run.provenance for run in runs.values() if run.provenance.get("processor")]
    return sorted({f"{p['processor']}, {p['cores']} cores, {p['system']}; Attune {p['version']}, {p['blas']}, "
                   f"kernels {p['kernels']}" for p in known})


def hashes(runs):
    files = {path: value for run in runs.values() for path, value in run.provenance.get("dataHashes", {}).items()}
    for path in sorted(files):
        yield f"{files[path]}  {path}"


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else f"{ROOT}/runs/reproduce"
    with open(f"{ROOT}/experiments/reproduce/notes.md") as file:
        parts = re.split(r"^## (.*)$", file.read(), flags=re.MULTILINE)
    reproductions = [Reproduction(heading, body) for heading, body in zip(parts[1::2], parts[2::2])]
    runs = {name: Run(folder, name) for item in reproductions for name in item.runs}
    if not any(run.results for run in runs.values()):
        sys.exit(f"reproductions: no results in {folder}; run ATTUNE_DATA=/the/data scripts/reproduce.sh first")
    outcomes = [outcome for run in runs.values() for outcome in run.outcomes]

    absent = [name for name, run in runs.items() if not run.results]
    lines = [
        "<!-- Written by scripts/reproductions.py from runs and from experiments/reproduce/notes.md: do not edit. -->",
        "# Reproductions of published numbers",
        "",
        "```",
        "attune data fetch mnist fashion-mnist california-housing electricity --folder data",
        "ATTUNE_DATA=$PWD/data make reproduce      # runs what is missing in runs/reproduce, and writes this page",
        "```",
        "",
        f"{tally(outcomes)} figures are met. What each should be, and how far it may be off, stands in the config (`expect`): published,",
        "or, where the publication has no number, from an independent run of its code. A figure that missed stays here.",
        *(["", f"Not run yet: {', '.join(absent)}."] if absent else []),
        "",
        *summary(reproductions, runs),
        "",
        "Intervals are over seeds (Student's t), of comparisons over the differences of the same seed; a figure without one is of one seed",
        "or does not depend on chance. Errors and accuracies are shares. Seconds are of single runs with one job; those of wall-clock time",
        "hang on what else the machine did.",
        "",
        "Machine: " + "; ".join(machine(runs)) + ".",
        "",
        "## All figures",
        "",
        "Seconds: processor time of the whole experiment.",
        "",
        *table(reproductions, runs),
    ]
    for item in reproductions:
        lines += ["", *section(item, runs)]
    lines += [
        "", "## Data", "", "Data that `attune data fetch` does not know: `scripts/reproduce.sh` says where each comes from.", "",
        "<details>", "<summary>SHA-256 of the files that were read</summary>", "", "```", *hashes(runs), "```", "",
        "</details>",
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
