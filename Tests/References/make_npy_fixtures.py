"""Writes the npy files in Tests/Fixtures/npy with NumPy; run it from the root of the repository.

All hold one array of 3 rows and 4 columns: element (i, j) is 4·i + j − 5, plus 5 for the unsigned types, times 0.5 for
the floats; the booleans are true where i + j is even. Written with NumPy 2.4.6.
"""

import pathlib

import numpy as np
from numpy.lib import format as npy

folder = pathlib.Path("Tests/Fixtures/npy")
folder.mkdir(parents=True, exist_ok=True)
integers = np.arange(12).reshape(3, 4) - 5


def save(name, array, version=(1, 0)):
    with open(folder / f"{name}.npy", "wb") as file:
        npy.write_array(file, array, version=version, allow_pickle=False)


for code in ["<f4", ">f4", "<f8", ">f8"]:
    save(("little_" if code[0] == "<" else "big_") + code[1:], (integers * 0.5).astype(code))
for code in ["<i2", ">i2", "<i4", ">i4", "<i8", ">i8"]:
    save(("little_" if code[0] == "<" else "big_") + code[1:], integers.astype(code))
for code in ["<u2", ">u4", "<u8"]:
    save(("little_" if code[0] == "<" else "big_") + code[1:], (integers + 5).astype(code))
save("i1", integers.astype("i1"))
save("u1", (integers + 5).astype("u1"))
save("bool", (np.add.outer(np.arange(3), np.arange(4)) % 2 == 0))
save("fortran_f4", np.asfortranarray((integers * 0.5).astype("<f4")))
save("version2_f4", (integers * 0.5).astype("<f4"), (2, 0))
save("version3_f4", (integers * 0.5).astype("<f4"), (3, 0))
save("vector_f4", np.array([1.5, -2, 3], "<f4"))
with open(folder / "object.npy", "wb") as file:
    npy.write_array(file, np.array([[1, None]], dtype=object), allow_pickle=True)
