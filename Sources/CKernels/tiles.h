// Vectors, panels, and the innermost loop of matrix products: a tile of at most 12 rows and 32 columns in registers.
#ifndef ATTUNE_TILES_H
#define ATTUNE_TILES_H

#include "kernels.h"

#define PANEL 32      // columns of a panel
#define TILE_ROWS 12  // 12 x 2 sums of 16 floats leave room for two vectors and a broadcast in 32 registers
#define LANES 16

// Unaligned loads are as fast as aligned ones where the address is aligned. Without AVX-512 a vector is two or four.
typedef float attune_vector __attribute__((vector_size(LANES * sizeof(float)), aligned(4)));

// Compilers prefer 256 bits on AVX-512; the products want all 512.
#define WIDE MULTIVERSION __attribute__((min_vector_width(512)))
#define UNROLL _Pragma("clang loop unroll(full)")

// A macro, as a function that returns a vector has another calling convention on each instruction set.
#define EVERYWHERE(s) ((attune_vector){s, s, s, s, s, s, s, s, s, s, s, s, s, s, s, s})

// The left factor of a tile: element (r, k) is start[r * row + k * step]; after each `run` steps it goes on `jump` floats
// behind where the run started. What the next tile reads is prefetched: `ahead` floats from each step, or at each run
// the next `lines` cache lines from `next` on.
typedef struct {
  const float *start;
  size_t row, step, run, jump, ahead;
  const float *next;
  size_t lines;
} attune_left;

// c = left * right over `depth` steps, `rows` and `vectors` known at compile time. `right` has 32 columns a step.
INLINE void tile_product(const size_t rows, const size_t vectors, const attune_left left, size_t depth,
                         const float *restrict right, float *restrict c, size_t c_row) {
  attune_vector sum[TILE_ROWS][2];
  UNROLL for (size_t r = 0; r < rows; r++)
    UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = (attune_vector){0};
  const float *start = left.start, *next = left.next;
  for (size_t done = 0; done < depth; done += left.run, start += left.jump) {
    const float *a = start;
    size_t steps = depth - done < left.run ? depth - done : left.run;
    // Not unrolled: with the broadcasts of two steps at once the sums would not fit in registers.
    for (size_t line = 0; line < left.lines; line++, next += LANES) __builtin_prefetch(next, 0, 2);
    _Pragma("clang loop unroll(disable)") for (size_t k = 0; k < steps; k++, right += PANEL, a += left.step) {
      if (left.ahead) __builtin_prefetch(a + left.ahead, 0, 2);
      attune_vector b[2];
      UNROLL for (size_t v = 0; v < vectors; v++) b[v] = *(const attune_vector *)(right + LANES * v);
      UNROLL for (size_t r = 0; r < rows; r++) {
        const float element = a[r * left.row];
        const attune_vector factor = EVERYWHERE(element);
        UNROLL for (size_t v = 0; v < vectors; v++) sum[r][v] = __builtin_elementwise_fma(factor, b[v], sum[r][v]);
      }
    }
  }
  UNROLL for (size_t r = 0; r < rows; r++)
    UNROLL for (size_t v = 0; v < vectors; v++) *(attune_vector *)(c + r * c_row + LANES * v) = sum[r][v];
}

// The rows that are left over for one tile of fixed size: 12, 8, 4, 2 or 1.
INLINE size_t tile_rows(size_t left) { return left >= 12 ? 12 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1; }

INLINE void tile_of_rows(size_t rows, const size_t vectors, const attune_left left, size_t depth, const float *right,
                         float *c, size_t c_row) {
  switch (rows) {
    case 12: tile_product(12, vectors, left, depth, right, c, c_row); break;
    case 8: tile_product(8, vectors, left, depth, right, c, c_row); break;
    case 4: tile_product(4, vectors, left, depth, right, c, c_row); break;
    case 2: tile_product(2, vectors, left, depth, right, c, c_row); break;
    default: tile_product(1, vectors, left, depth, right, c, c_row);
  }
}

// Half of a panel is skipped where it holds only padding.
INLINE void tile(size_t rows, size_t columns, const attune_left left, size_t depth, const float *right, float *c,
                 size_t c_row) {
  if (columns > LANES) {
    tile_of_rows(rows, 2, left, depth, right, c, c_row);
  } else {
    tile_of_rows(rows, 1, left, depth, right, c, c_row);
  }
}

#endif
