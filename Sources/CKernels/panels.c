#include "tiles.h"

// The transpose of 16 x 16 floats: four rounds, each interleaving row i with row i + 8.
INLINE void transpose_block(attune_vector r[LANES]) {
  UNROLL for (int round = 0; round < 4; round++) {
    attune_vector t[LANES];
    UNROLL for (int i = 0; i < 8; i++) {
      t[2 * i] = __builtin_shufflevector(r[i], r[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      t[2 * i + 1] =
          __builtin_shufflevector(r[i], r[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    UNROLL for (int i = 0; i < LANES; i++) r[i] = t[i];
  }
}

MULTIVERSION void attune_pack_panels(size_t first, size_t end, size_t rows, size_t columns, const float *restrict x,
                                     float *restrict panels) {
  for (size_t p = first; p < end; p++) {
    size_t width = columns - p * PANEL < PANEL ? columns - p * PANEL : PANEL;
    for (size_t i = 0; i < rows; i++) {
      const float *from = x + i * columns + p * PANEL;
      float *to = panels + (p * rows + i) * PANEL;
      if (width == PANEL) {
        for (size_t j = 0; j < PANEL; j++) to[j] = from[j];
      } else {
        for (size_t j = 0; j < PANEL; j++) to[j] = j < width ? from[j] : 0;
      }
    }
  }
}

MULTIVERSION void attune_unpack_panels(size_t rows, size_t columns, const float *restrict panels, float *restrict x) {
  for (size_t start = 0; start < columns; start += PANEL) {
    size_t width = columns - start < PANEL ? columns - start : PANEL;
    for (size_t i = 0; i < rows; i++) {
      const float *from = panels + start * rows + i * PANEL;
      float *to = x + i * columns + start;
      if (width == PANEL) {
        for (size_t j = 0; j < PANEL; j++) to[j] = from[j];
      } else {
        for (size_t j = 0; j < width; j++) to[j] = from[j];
      }
    }
  }
}

WIDE void attune_transpose_panels(size_t first, size_t end, size_t rows, size_t columns, const float *restrict panels,
                                  float *restrict transposed) {
  for (size_t p = first; p < end; p++)
    for (size_t i = 0; i < rows; i += LANES)
      for (size_t half = 0; half < PANEL && p * PANEL + half < columns; half += LANES) {
        attune_vector r[LANES];
        for (size_t k = 0; k < LANES; k++)
          r[k] = i + k < rows ? *(const attune_vector *)(panels + (p * rows + i + k) * PANEL + half)
                              : (attune_vector){0};
        transpose_block(r);
        size_t row = p * PANEL + half, left = columns - row < LANES ? columns - row : LANES;
        float *to = transposed + (i / PANEL * columns + row) * PANEL + i % PANEL;
        for (size_t k = 0; k < left; k++) *(attune_vector *)(to + k * PANEL) = r[k];
      }
}

#define RUN 64  // steps of a product between two groups of prefetches

WIDE void attune_panels_linear(size_t first, size_t end, size_t outputs, size_t inputs, size_t samples,
                               const float *restrict weight, const float *restrict bias, const float *restrict x,
                               float *restrict y) {
  COUNT(2 * (end - first) * inputs * samples);
  for (size_t i = first, rows; i < end; i += rows) {
    rows = tile_rows(end - i);
    // The tiles of all panels share the rows of the next tile, which follow these: from the memory behind the caches
    // they would come too late, twelve streams at once.
    const size_t panels = (samples + PANEL - 1) / PANEL, lines = (RUN * TILE_ROWS / LANES + panels - 1) / panels;
    for (size_t p = 0; p < panels; p++) {
      const float *next = weight + (i + rows) * inputs + p * lines * (inputs / RUN + 1) * LANES;
      const attune_left left = {weight + i * inputs, inputs, 1, RUN, RUN, 0, next, lines};
      float *c = y + (p * outputs + i) * PANEL;
      tile(rows, samples - p * PANEL, left, inputs, x + p * inputs * PANEL, c, PANEL);
      if (!bias) continue;
      for (size_t r = 0; r < rows; r++)
        UNROLL for (size_t j = 0; j < PANEL; j += LANES) *(attune_vector *)(c + r * PANEL + j) += bias[i + r];
    }
  }
}

WIDE void attune_panels_input_gradient(size_t first, size_t end, size_t outputs, size_t inputs, size_t samples,
                                       const float *restrict weight, const float *restrict dy, float *restrict dx) {
  COUNT(2 * (end - first) * outputs * samples);
  for (size_t i = first, rows; i < end; i += rows) {
    rows = tile_rows(end - i);
    // A row of `weight` has the next tile's elements a cache line further: no hardware prefetcher strides that far.
    const attune_left left = {weight + i, 1, inputs, outputs, 0, 28, NULL, 0};
    for (size_t p = 0; p * PANEL < samples; p++)
      tile(rows, samples - p * PANEL, left, outputs, dy + p * outputs * PANEL, dx + (p * inputs + i) * PANEL, PANEL);
  }
}

WIDE void attune_panels_weight_gradient(size_t first, size_t end, size_t outputs, size_t inputs, size_t samples,
                                        const float *restrict dy, const float *restrict x_transposed,
                                        float *restrict gradient) {
  COUNT(2 * (end - first) * inputs * samples);
  for (size_t i = first, rows; i < end; i += rows) {
    rows = tile_rows(end - i);
    const attune_left left = {dy + i * PANEL, PANEL, 1, PANEL, outputs * PANEL, 0, NULL, 0};
    for (size_t j = 0; j < inputs; j += PANEL) {
      float *c = gradient + (i - first) * inputs + j;
      const float *right = x_transposed + j * samples;
      size_t width = inputs - j < PANEL ? inputs - j : PANEL;
      if (width == PANEL) {
        tile_of_rows(rows, 2, left, samples, right, c, inputs);
      } else {
        float edge[TILE_ROWS * PANEL];
        tile(rows, width, left, samples, right, edge, PANEL);
        for (size_t r = 0; r < rows; r++)
          for (size_t k = 0; k < width; k++) c[r * inputs + k] = edge[r * PANEL + k];
      }
    }
  }
}
