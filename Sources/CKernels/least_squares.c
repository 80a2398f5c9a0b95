#include "tiles.h"

// Eight doubles: one register with AVX-512, two with AVX2.
typedef double lanes __attribute__((vector_size(64), aligned(8)));
typedef long long lane_mask __attribute__((vector_size(64), aligned(8)));
enum { width = 8 };

INLINE double padded_product(size_t blocks, const double *x, const double *y) {
  lanes sum = {0};
  for (size_t k = 0; k < blocks; k++) sum += ((const lanes *)x)[k] * ((const lanes *)y)[k];
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

// The sums of two vectors of partial sums, interleaved: by elements, by pairs, by halves.
#define SUM_ELEMENTS(a, b) \
  (__builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) + __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15))
#define SUM_PAIRS(a, b) \
  (__builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13) + __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15))
#define SUM_HALVES(a, b) \
  (__builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11) + __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15))

// The products of a row with eight columns, summed all at once.
INLINE void eight_products(size_t blocks, size_t stride, const double *columns, const double *row, double *result) {
  lanes sum[width];
  UNROLL for (size_t j = 0; j < width; j++) sum[j] = (lanes){0};
  for (size_t k = 0; k < blocks; k++) {
    const lanes part = ((const lanes *)row)[k];
    UNROLL for (size_t j = 0; j < width; j++) sum[j] += ((const lanes *)(columns + j * stride))[k] * part;
  }
  lanes first = SUM_PAIRS(SUM_ELEMENTS(sum[0], sum[1]), SUM_ELEMENTS(sum[2], sum[3]));
  lanes second = SUM_PAIRS(SUM_ELEMENTS(sum[4], sum[5]), SUM_ELEMENTS(sum[6], sum[7]));
  *(lanes *)result = SUM_HALVES(first, second);
}

// Bierman (1977), Factorization methods for discrete sequential estimation, chapter V: the rank-one update of U and D, in
// which all quantities stay positive; divided by the decay, which is a factor of D alone.
WIDE double attune_least_squares_step(size_t columns, size_t features, const double *restrict x, size_t outputs,
                                      const double *restrict y, const attune_least_squares_rule *restrict rule,
                                      double *restrict factors, double *restrict diagonal,
                                      double *restrict weights, double *restrict errors, double *restrict work,
                                      size_t *restrict floored) {
#pragma clang fp contract(fast)
  COUNT(3 * columns * columns + columns * (4 * outputs + 8));
  const size_t blocks = (columns + width - 1) / width, stride = blocks * width;
  double *row = work, *projected = row + stride, *scaled = projected + stride, *gain = scaled + stride;
  double *before = gain + stride, *after = before + stride;  // noise and the terms of the directions up to j, and with it
  for (size_t k = 0; k < blocks; k++) {
    if ((k + 1) * width <= features) {
      ((lanes *)row)[k] = ((const lanes *)x)[k];
      continue;
    }
    for (size_t j = k * width; j < stride; j++) row[j] = j < features ? x[j] : j < columns;
  }

  const lanes zero = {0};
  double total = rule->noise;
  for (size_t k = 0; k < blocks; k++) {
    eight_products(k + 1, stride, factors + k * width * stride, row, projected + k * width);
    lanes f = ((lanes *)projected)[k], v = ((lanes *)diagonal)[k] * f, sum = v * f;
    ((lanes *)scaled)[k] = v;
    // Running sums within the block, then those of the blocks before.
    sum += __builtin_shufflevector(zero, sum, 7, 8, 9, 10, 11, 12, 13, 14);
    sum += __builtin_shufflevector(zero, sum, 6, 7, 8, 9, 10, 11, 12, 13);
    sum += __builtin_shufflevector(zero, sum, 4, 5, 6, 7, 8, 9, 10, 11);
    ((lanes *)before)[k] = total + __builtin_shufflevector(zero, sum, 7, 8, 9, 10, 11, 12, 13, 14);
    ((lanes *)after)[k] = sum = total + sum;
    total = sum[width - 1];
  }
  if (!(total <= __DBL_MAX__)) return __builtin_nan("");
  for (size_t i = 0; i < outputs; i++) {
    errors[i] = y[i] - padded_product(blocks, weights + i * stride, row);
    if (!(__builtin_fabs(errors[i]) <= __DBL_MAX__)) return __builtin_nan("");
  }

  const double growth = 1 / rule->decay, floor = rule->floor;
  double inverse = 1 / rule->noise;  // of the last element of `before`, for the next block
  lane_mask low = {0};
  for (size_t k = 0; k < blocks; k++) {
    lanes inverses = 1 / ((lanes *)after)[k], d = ((lanes *)diagonal)[k];
    lanes next = d * (((lanes *)before)[k] * inverses * growth);
    low |= (next < floor) & (d > 0);
    ((lanes *)diagonal)[k] = next;
    ((lanes *)projected)[k] *=
        -__builtin_shufflevector((lanes){0, 0, 0, 0, 0, 0, 0, inverse}, inverses, 7, 8, 9, 10, 11, 12, 13, 14);
    inverse = inverses[width - 1];
  }
  if (__builtin_reduce_or(low)) {
    for (size_t j = 0; j < columns; j++) {
      if (diagonal[j] >= floor) continue;
      diagonal[j] = floor;
      *floored += 1;
    }
  }
  for (size_t k = 0; k < blocks; k++) {
    lanes sum = {0};
    for (size_t j = k * width; j < columns; j++) {
      lanes *u = (lanes *)(factors + j * stride) + k, old = *u;
      *u = old + sum * projected[j];
      sum += old * scaled[j];
    }
    ((lanes *)gain)[k] = sum;
  }
  for (size_t i = 0; i < outputs; i++) {
    const double share = errors[i] / total;
    for (size_t k = 0; k < blocks; k++) ((lanes *)(weights + i * stride))[k] += ((lanes *)gain)[k] * share;
  }
  return total;
}
