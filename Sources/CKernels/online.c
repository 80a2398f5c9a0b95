#include "kernels.h"

INLINE double standardized_product(size_t columns, const double *restrict x, const double *restrict mean,
                                   const double *restrict inverse, const double *restrict weight) {
#pragma clang fp reassociate(on)
  double sum = 0;
  for (size_t j = 0; j < columns; j++) sum += weight[j] * ((x[j] - mean[j]) * inverse[j]);
  return sum;
}

MULTIVERSION void attune_online_regression(size_t rows, size_t columns, const double *restrict x,
                                           const double *restrict y, attune_online_state *restrict state,
                                           double *restrict mean, double *restrict variance, double *restrict inverse,
                                           double *restrict weight, double *restrict predictions) {
  COUNT(rows * (21 * columns + 7));
  double intercept = state->intercept, count = state->count;
  const double rate = state->learning_rate, intercept_rate = state->intercept_rate;
  for (size_t i = 0; i < rows; i++, x += columns) {
    predictions[i] = intercept + standardized_product(columns, x, mean, inverse, weight);
    count += 1;
    const double share = 1 / count;
    for (size_t j = 0; j < columns; j++) {
      double before = x[j] - mean[j];
      double moved = mean[j] + before * share;
      double spread = variance[j] + (before * (x[j] - moved) - variance[j]) * share;
      mean[j] = moved;
      variance[j] = spread;
      inverse[j] = spread > 0 ? 1 / __builtin_elementwise_sqrt(spread) : 0;
    }
    double slope = 2 * (intercept + standardized_product(columns, x, mean, inverse, weight) - y[i]);
    intercept -= intercept_rate * slope;
    slope *= rate;
    for (size_t j = 0; j < columns; j++) weight[j] -= slope * ((x[j] - mean[j]) * inverse[j]);
  }
  state->intercept = intercept;
  state->count = count;
}
