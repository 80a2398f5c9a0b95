#include "kernels.h"

// Eight doubles: one register with AVX-512, two with AVX2.
typedef double lanes __attribute__((vector_size(64), aligned(8)));
enum { width = 8 };

INLINE double padded_product(size_t blocks, const double *x, const double *y) {
  lanes sum = {0};
  for (size_t k = 0; k < blocks; k++) sum += ((const lanes *)x)[k] * ((const lanes *)y)[k];
  return ((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]));
}

// Bierman (1977), Factorization methods for discrete sequential estimation, chapter V: the rank-one update of U and D, in
// which all quantities stay positive; divided by the decay, which is a factor of D alone.
MULTIVERSION double attune_least_squares_step(size_t columns, size_t features, const double *restrict x, size_t outputs,
                                              const double *restrict y, const attune_least_squares_rule *restrict rule,
                                              double *restrict factors, double *restrict diagonal,
                                              double *restrict weights, double *restrict errors, double *restrict work,
                                              size_t *restrict floored) {
#pragma clang fp contract(fast)
  COUNT(3 * columns * columns + columns * (4 * outputs + 8));
  const size_t blocks = (columns + width - 1) / width, stride = blocks * width;
  double *row = work, *projected = row + stride, *scaled = projected + stride, *gain = scaled + stride;
  double *before = gain + stride;  // before[j]: noise and the terms of the directions up to j, columns + 1 of them
  for (size_t j = 0; j < features; j++) row[j] = x[j];
  for (size_t j = features; j < stride; j++) row[j] = j < columns;

  for (size_t j = 0; j < columns; j++) projected[j] = padded_product(j / width + 1, factors + j * stride, row);
  for (size_t j = columns; j < stride; j++) projected[j] = 0;
  for (size_t k = 0; k < blocks; k++) ((lanes *)scaled)[k] = ((lanes *)diagonal)[k] * ((lanes *)projected)[k];
  double total = rule->noise;
  for (size_t j = 0; j < columns; j++) {
    before[j] = total;
    total += scaled[j] * projected[j];
  }
  for (size_t j = columns; j <= stride; j++) before[j] = total;
  if (!(total <= __DBL_MAX__)) return __builtin_nan("");
  for (size_t i = 0; i < outputs; i++) {
    errors[i] = y[i] - padded_product(blocks, weights + i * stride, row);
    if (!(__builtin_fabs(errors[i]) <= __DBL_MAX__)) return __builtin_nan("");
  }

  const double decay = rule->decay, floor = rule->floor;
  for (size_t k = 0; k < blocks; k++) {
    lanes old = ((lanes *)before)[k], new = *(const lanes *)(before + k * width + 1);
    ((lanes *)diagonal)[k] *= old / (new * decay);
    ((lanes *)projected)[k] = -((lanes *)projected)[k] / old;
    ((lanes *)gain)[k] = (lanes){0};
  }
  for (size_t j = 0; j < columns; j++) {
    if (diagonal[j] >= floor) continue;
    diagonal[j] = floor;
    *floored += 1;
  }
  for (size_t j = 0; j < columns; j++) {
    lanes *u = (lanes *)(factors + j * stride);
    const double step = projected[j], share = scaled[j];
    for (size_t k = 0; k <= j / width; k++) {
      lanes old = u[k];
      u[k] = old + ((lanes *)gain)[k] * step;
      ((lanes *)gain)[k] += old * share;
    }
  }
  for (size_t i = 0; i < outputs; i++) {
    const double share = errors[i] / total;
    for (size_t k = 0; k < blocks; k++) ((lanes *)(weights + i * stride))[k] += ((lanes *)gain)[k] * share;
  }
  return total;
}
