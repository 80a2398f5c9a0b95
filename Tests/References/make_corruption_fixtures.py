"""Corrupted images by scikit-image, SciPy and Pillow: Tests/Fixtures/corruptions/references.json.

    python Tests/References/make_corruption_fixtures.py      (scikit-image 0.26, scipy 1.17, Pillow 13, numpy)

The image is a handwritten digit of datasets/digits.csv, enlarged to 28 x 28 pixels of 8 bits; "wide" is its upper 20
rows. Values are rounded to 5 decimals. Only steps without random numbers are here:

- warps: skimage.transform.warp about the center; the shear is that of scikit-image before 0.20, whose matrix is
  [[1, -sin], [0, cos]]
- blurs: skimage.filters.gaussian; a disk by scipy.ndimage.correlate with a kernel as OpenCV makes it; scipy.ndimage.zoom
- skimage.feature.canny; Pillow's BOX filter and JPEG
"""

import csv
import io
import math

import numpy as np
from PIL import Image
from scipy import ndimage
from skimage import feature, filters, transform

from fixture_json import FIXTURES, numbers, write

ROW = 15


def digit():
    with (FIXTURES.parent.parent / "datasets" / "digits.csv").open(newline="") as file:
        cells = list(csv.reader(file))[ROW + 1][:64]
    small = np.array(cells, float).reshape(8, 8) / 16
    return np.round(np.clip(transform.resize(small, (28, 28), order=1), 0, 1) * 255).astype(np.uint8)


def warp(image, matrix):
    """Every pixel from where the matrix takes it about the center."""
    center = np.array([(image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2])
    whole = np.eye(3)
    whole[:2, :2] = matrix
    whole[:2, 2] = center - matrix @ center
    return transform.warp(image, inverse_map=transform.AffineTransform(matrix=whole))


def rotation(angle):
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def shear(angle):
    return np.array([[1, -math.sin(angle)], [0, math.cos(angle)]])


def defocus(image, radius, softening):
    half = max(8, radius) + 2
    y, x = np.mgrid[-half:half + 1, -half:half + 1]
    disk = (x ** 2 + y ** 2 <= radius ** 2).astype(float)
    reach = 1 if radius <= 8 else 2
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / softening) ** 2)
    kernel /= kernel.sum()
    disk = ndimage.correlate1d(ndimage.correlate1d(disk, kernel, 0), kernel, 1)
    return ndimage.correlate(image, disk / disk.sum(), mode="mirror")


def zoomed(image, factor):
    count = image.shape[0]
    kept = math.ceil(count / factor)
    top = (count - kept) // 2
    large = ndimage.zoom(image[top:top + kept, top:top + kept], factor, order=1)
    cut = (large.shape[0] - count) // 2
    return large[cut:cut + count, cut:cut + count]


def zoom_blur(image, stop, step):
    factors = np.arange(1, stop, step)
    return (image + sum(zoomed(image, factor) for factor in factors)) / (len(factors) + 1)


def pixelate(bits, factor):
    small = (int(bits.shape[1] * factor), int(bits.shape[0] * factor))
    picture = Image.fromarray(bits.astype(np.float32) / 255)
    return np.asarray(picture.resize(small, Image.BOX).resize(picture.size, Image.BOX))


def jpeg(bits, quality):
    data = io.BytesIO()
    Image.fromarray(bits).save(data, "JPEG", quality=quality)
    return np.asarray(Image.open(data)) / 255.0


bits = digit()
x = bits / 255.0
wide = x[:20]
expected = {
    "rotate 0.4": warp(x, rotation(0.4)), "rotate -1.0": warp(x, rotation(-1.0)), "shear 0.4": warp(x, shear(0.4)),
    "shear -1.0": warp(x, shear(-1.0)), "scale 0.7": warp(x, np.eye(2) / 0.7),
    "gaussian-blur 2": filters.gaussian(x, sigma=2), "gaussian-blur 6": filters.gaussian(x, sigma=6),
    "defocus-blur 1": defocus(x, 3, 0.1), "defocus-blur 5": defocus(x, 10, 0.5),
    "zoom-blur 1": zoom_blur(x, 1.11, 0.01), "zoom-blur 5": zoom_blur(x, 1.31, 0.03),
    "canny-edges": feature.canny(x).astype(float), "pixelate 3": pixelate(bits, 0.4),
    "pixelate 1": pixelate(bits, 0.6), "jpeg 1": jpeg(bits, 25), "jpeg 5": jpeg(bits, 7),
    "wide rotate 0.4": warp(wide, rotation(0.4)), "wide gaussian-blur 2": filters.gaussian(wide, sigma=2),
    "wide canny-edges": feature.canny(wide).astype(float), "wide jpeg 5": jpeg(bits[:20], 7),
}
write(
    "corruptions/references.json",
    dict(image=numbers(bits), expected={name: numbers(np.round(image, 5)) for name, image in expected.items()}),
    200_000)
