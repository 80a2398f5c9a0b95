#include "kernels.h"
#include <math.h>

INLINE float row_maximum(size_t columns, const float *restrict x) {
#pragma clang fp reassociate(on)
  float maximum = x[0];
  for (size_t j = 1; j < columns; j++) maximum = __builtin_elementwise_max(maximum, x[j]);
  return maximum;
}

// Writes exp(x - max) to y and returns the sum; the log of the sum of exponentials is max + log(sum).
INLINE float shifted_exponentials(size_t columns, const float *x, float maximum, float *y) {
#pragma clang fp reassociate(on)
  float sum = 0;
  for (size_t j = 0; j < columns; j++) {
    float e = attune_exp1(x[j] - maximum);
    y[j] = e;
    sum += e;
  }
  return sum;
}

MULTIVERSION void attune_softmax(size_t rows, size_t columns, const float *logits, float *probabilities) {
  COUNT(5 * rows * columns);
  for (size_t i = 0; i < rows; i++) {
    const float *x = logits + i * columns;
    float *p = probabilities + i * columns;
    float factor = 1.0f / shifted_exponentials(columns, x, row_maximum(columns, x), p);
    for (size_t j = 0; j < columns; j++) p[j] *= factor;
  }
}

MULTIVERSION void attune_log_softmax(size_t rows, size_t columns, const float *logits, float *log_probabilities) {
  COUNT(6 * rows * columns);
  for (size_t i = 0; i < rows; i++) {
    const float *x = logits + i * columns;
    float *y = log_probabilities + i * columns;
    float maximum = row_maximum(columns, x);
    float sum = 0;
    for (size_t j = 0; j < columns; j++) sum += attune_exp1(x[j] - maximum);
    float log_sum = logf(sum);
    for (size_t j = 0; j < columns; j++) y[j] = (x[j] - maximum) - log_sum;
  }
}

MULTIVERSION void attune_softmax_backward(size_t rows, size_t columns, const float *p, const float *dy, float *dx) {
  COUNT(4 * rows * columns);
  for (size_t i = 0; i < rows; i++) {
    float dot = 0;
    for (size_t j = 0; j < columns; j++) dot += dy[i * columns + j] * p[i * columns + j];
    for (size_t j = 0; j < columns; j++) dx[i * columns + j] = p[i * columns + j] * (dy[i * columns + j] - dot);
  }
}

MULTIVERSION void attune_log_softmax_backward(size_t rows, size_t columns, const float *log_p, const float *dy,
                                              float *dx) {
  COUNT(4 * rows * columns);
  for (size_t i = 0; i < rows; i++) {
    float sum = 0;
    for (size_t j = 0; j < columns; j++) sum += dy[i * columns + j];
    for (size_t j = 0; j < columns; j++)
      dx[i * columns + j] = dy[i * columns + j] - attune_exp1(log_p[i * columns + j]) * sum;
  }
}

MULTIVERSION void attune_cross_entropy(size_t rows, size_t columns, const float *restrict logits,
                                       const float *restrict targets, float *restrict losses,
                                       float *restrict gradient) {
  COUNT(9 * rows * columns);
  for (size_t i = 0; i < rows; i++) {
    const float *x = logits + i * columns;
    const float *t = targets + i * columns;
    float *g = gradient + i * columns;
    float maximum = row_maximum(columns, x);
    float sum = shifted_exponentials(columns, x, maximum, g);
    float log_sum = logf(sum), loss = 0, mass = 0;
    for (size_t j = 0; j < columns; j++) {
      loss -= t[j] == 0 ? 0 : t[j] * ((x[j] - maximum) - log_sum);
      mass += t[j];
    }
    losses[i] = loss;
    float factor = mass / sum;
    for (size_t j = 0; j < columns; j++) g[j] = g[j] * factor - t[j];
  }
}

MULTIVERSION void attune_entropy(size_t rows, size_t columns, const float *restrict logits,
                                 float *restrict entropies, float *restrict gradient) {
  COUNT(10 * rows * columns);
  for (size_t i = 0; i < rows; i++) {
    const float *x = logits + i * columns;
    float *g = gradient + i * columns;
    float maximum = row_maximum(columns, x);
    float sum = shifted_exponentials(columns, x, maximum, g);
    float factor = 1.0f / sum, log_sum = logf(sum), entropy = 0;
    // ln p = (x - max) - log_sum; a probability that underflowed to 0 adds 0.
    for (size_t j = 0; j < columns; j++) {
      g[j] *= factor;
      entropy -= g[j] == 0 ? 0 : g[j] * ((x[j] - maximum) - log_sum);
    }
    entropies[i] = entropy;
    for (size_t j = 0; j < columns; j++) g[j] = g[j] == 0 ? 0 : -g[j] * (((x[j] - maximum) - log_sum) + entropy);
  }
}

MULTIVERSION void attune_scale_rows(size_t rows, size_t columns, const float *x, const float *restrict factors,
                                    float *y) {
  COUNT(rows * columns);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) y[i * columns + j] = x[i * columns + j] * factors[i];
}
