#include "kernels.h"

INLINE double squares(size_t n, const float *restrict x) {
#pragma clang fp reassociate(on)
  double total = 0;
  for (size_t i = 0; i < n; i++) total += (double)x[i] * (double)x[i];
  return total;
}

MULTIVERSION double attune_sum_of_squares(size_t n, const float *restrict x) {
  COUNT(2 * n);
  return squares(n, x);
}

MULTIVERSION void attune_clamp(size_t n, float limit, float *restrict x) {
  COUNT(2 * n);
  for (size_t i = 0; i < n; i++) {
    float low = x[i] < -limit ? -limit : x[i];  // NaN fails both comparisons and stays
    x[i] = low > limit ? limit : low;
  }
}

MULTIVERSION void attune_soft_threshold(size_t n, float threshold, float *restrict x) {
  COUNT(2 * n);
  for (size_t i = 0; i < n; i++) {
    float rest = __builtin_fabsf(x[i]) - threshold;
    x[i] = rest <= 0 ? 0 : __builtin_copysignf(rest, x[i]);  // NaN fails the comparison and stays
  }
}

MULTIVERSION void attune_limit_row_norms(size_t rows, size_t columns, double limit, float *restrict x) {
  COUNT(rows * (2 * columns + 2));
  for (size_t i = 0; i < rows; i++) {
    float *row = x + i * columns;
    double norm = __builtin_sqrt(squares(columns, row));
    if (!(norm > limit)) continue;
    COUNT(columns + 2);
    float factor = (float)(limit / (norm + 1e-7));
    for (size_t j = 0; j < columns; j++) row[j] *= factor;
  }
}
