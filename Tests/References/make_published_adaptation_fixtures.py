"""Fixtures in Tests/Fixtures/published/ from the published code of methods of adaptation at inference.

    python Tests/References/make_published_adaptation_fixtures.py --published FOLDER [name ...]

(torch 2.15, numpy, safetensors, scipy, scikit-learn.) FOLDER holds checkouts of the repositories, named and with the
commits in published/repositories.py; each commit is checked. With names, only these fixtures are made anew.

The code that adapts is the published one, imported file by file (published/loading.py) with single lines changed: image
batch norms become one-dimensional, accelerators the CPU, augmentations and random draws stored ones. Every change
stands with its reason where the file is loaded. The network, its source rows and the ten shifted batches are in
common.safetensors; what each fixture holds is in Tests/Fixtures/published/README.md.
"""

import argparse
import warnings
from pathlib import Path

import torch

from fixture_json import FIXTURES
from published import repositories
from published.catalog import CATALOG
from published.fixture import make
from published.problem import common_tensors


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--published", type=Path, required=True)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=FutureWarning)  # TorchScript is deprecated
    common = common_tensors(FIXTURES / "published")
    for fixture in CATALOG:
        if not arguments.names or fixture.name in arguments.names:
            repositories.check(fixture.repository, arguments.published)
            make(fixture, common, arguments.published)


if __name__ == "__main__":
    main()
