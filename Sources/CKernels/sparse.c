#include "kernels.h"

#define SPARSE_BLOCK 64  // outputs whose sums stay in registers

MULTIVERSION void attune_sparse_linear(size_t rows, size_t width, const size_t *restrict starts,
                                       const uint32_t *restrict places, const float *restrict values,
                                       const float *restrict base, const float *restrict weight, float *restrict y) {
  COUNT(2 * width * (starts[rows] - starts[0]));
  for (size_t i = 0; i < rows; i++, y += width) {
    size_t first = 0;
    for (; first + SPARSE_BLOCK <= width; first += SPARSE_BLOCK) {
      float sum[SPARSE_BLOCK];
      for (size_t j = 0; j < SPARSE_BLOCK; j++) sum[j] = base[first + j];
      for (size_t k = starts[i]; k < starts[i + 1]; k++) {
        const float value = values[k], *restrict row = weight + (size_t)places[k] * width + first;
        for (size_t j = 0; j < SPARSE_BLOCK; j++) sum[j] += value * row[j];
      }
      for (size_t j = 0; j < SPARSE_BLOCK; j++) y[first + j] = sum[j];
    }
    for (size_t j = first; j < width; j++) y[j] = base[j];
    if (first == width) continue;
    for (size_t k = starts[i]; k < starts[i + 1]; k++) {
      const float value = values[k], *restrict row = weight + (size_t)places[k] * width;
      for (size_t j = first; j < width; j++) y[j] += value * row[j];
    }
  }
}

MULTIVERSION void attune_sparse_products(size_t rows, size_t width, const size_t *restrict starts,
                                         const uint32_t *restrict places, const float *restrict weight,
                                         const float *restrict dy, float *restrict products) {
#pragma clang fp reassociate(on)
  COUNT(2 * width * (starts[rows] - starts[0]));
  for (size_t i = 0; i < rows; i++, dy += width) {
    for (size_t k = starts[i]; k < starts[i + 1]; k++) {
      const float *restrict row = weight + (size_t)places[k] * width;
      float sum = 0;
      for (size_t j = 0; j < width; j++) sum += dy[j] * row[j];
      products[k - starts[0]] = sum;
    }
  }
}
