"""Writes the npz, IDX, gzip and LIBSVM files in Tests/Fixtures/formats; run it from the root of the repository.

The features are 4 images of 2 by 3 pixels: image i has the pixels 6·i to 6·i + 5; the labels are 2, 0, 2, 1.
Written with NumPy 2.4.6.
"""

import gzip
import io
import pathlib
import struct
import zipfile

import numpy as np

folder = pathlib.Path("Tests/Fixtures/formats")
folder.mkdir(parents=True, exist_ok=True)
images = np.arange(24, dtype=np.uint8).reshape(4, 2, 3)
labels = np.array([2, 0, 2, 1])

np.savez(folder / "stored.npz", x_train=images, y_train=labels)
np.savez_compressed(folder / "deflated.npz", x_train=np.asfortranarray(images.astype("f4")), y_train=labels)


class Pipe(io.BytesIO):
    """A file that cannot seek: sizes and CRC follow the members, as descriptors."""

    def seekable(self):
        return False

    def tell(self):
        raise OSError

    def seek(self, *_):
        raise OSError


pipe = Pipe()
np.savez_compressed(pipe, x_train=images, y_train=labels)
(folder / "streamed.npz").write_bytes(pipe.getvalue())


def zip64():
    """An archive with the directory and end record of ZIP64, by hand: zipfile writes them above 4 GiB only."""
    body, directory = b"", b""
    members = {}
    for name, array in [("x_train.npy", images), ("y_train.npy", labels)]:
        buffer = io.BytesIO()
        np.save(buffer, array)
        members[name] = buffer.getvalue()
    for name, data in members.items():
        crc, size, offset = zipfile.crc32(data), len(data), len(body)
        wide = struct.pack("<HHQQ", 1, 16, size, size)
        body += struct.pack("<4s5H3I2H", b"PK\3\4", 45, 0, 0, 0, 33, crc, 2**32 - 1, 2**32 - 1, len(name), len(wide))
        body += name.encode() + wide + data
        wide = struct.pack("<HHQQQ", 1, 24, size, size, offset)
        directory += struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 45, 45, 0, 0, 0, 33, crc, 2**32 - 1, 2**32 - 1, len(name), len(wide), 0, 0, 0, 0,
            2**32 - 1,
        )
        directory += name.encode() + wide
    start, end = len(body), len(body) + len(directory)
    record = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 45, 45, 0, 0, 2, 2, len(directory), start)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, end, 1)
    last = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return body + directory + record + locator + last


(folder / "zip64.npz").write_bytes(zip64())
np.testing.assert_array_equal(np.load(folder / "zip64.npz")["x_train"], images)
np.testing.assert_array_equal(np.load(folder / "streamed.npz")["y_train"], labels)


def idx(array, code, descr):
    header = struct.pack(">HBB", 0, code, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(descr).tobytes()


def packed(data):
    return gzip.compress(data, mtime=0)


(folder / "images-idx3-ubyte").write_bytes(idx(images, 0x08, ">u1"))
(folder / "images-idx3-ubyte.gz").write_bytes(packed(idx(images, 0x08, ">u1")))
(folder / "labels-idx1-ubyte.gz").write_bytes(packed(idx(labels, 0x08, ">u1")))
# Two members, split in the middle, as `cat a.gz b.gz` makes them, and zeros as on a tape.
data = idx(images, 0x08, ">u1")
(folder / "members.gz").write_bytes(packed(data[:20]) + packed(data[20:]) + bytes(16))
(folder / "zeros.gz").write_bytes(packed(bytes(100_000)))
signed = np.arange(24).reshape(4, 6) - 12
for name, code in [("i1", 0x09), ("i2", 0x0B), ("i4", 0x0C), ("f4", 0x0D), ("f8", 0x0E)]:
    scale = 0.5 if name[0] == "f" else 1000 if name in ("i2", "i4") else 1
    (folder / f"{name}.idx").write_bytes(idx(signed * scale, code, ">" + name))

(folder / "rows.libsvm").write_text("# a comment\n+1 1:0.5 3:-2 # of a line\n\n-1 2:1e1\r\n+1.0 \t 4:7\n")
(folder / "gas.dat").write_text("1;10.000000 1:15596.1621 2:1.868245 \n6;20.5 1:-1 2:3 \n1;0.25 2:4 \n")
