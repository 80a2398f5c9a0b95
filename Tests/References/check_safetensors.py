"""Opens safetensors files with the reference package and prints name, dtype and shape of each tensor.

`python3 Tests/References/check_safetensors.py FILE…`; it fails with the package's error if it does not open one.
"""

import pathlib
import sys

import safetensors

for path in sys.argv[1:]:
    for name, tensor in sorted(safetensors.deserialize(pathlib.Path(path).read_bytes())):
        print(name, tensor["dtype"], list(tensor["shape"]))
    with safetensors.safe_open(path, framework="np") as file:
        file.metadata()
