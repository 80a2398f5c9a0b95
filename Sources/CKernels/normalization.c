#include "kernels.h"

#define STRIP 64  // columns at a time: their accumulators stay in registers and L1
#define BLOCK 256 // rows summed in float before they are added to the double totals

// Both passes run over strips of columns. Partial sums over at most BLOCK rows are float, totals are double.
INLINE void moments_of_strip(size_t rows, size_t columns, size_t width, const float *restrict x,
                             float *restrict mean, float *restrict variance) {
  double total[STRIP] = {0};
  for (size_t start = 0; start < rows; start += BLOCK) {
    size_t end = start + BLOCK < rows ? start + BLOCK : rows;
    float partial[STRIP] = {0};
    for (size_t i = start; i < end; i++)
      for (size_t j = 0; j < width; j++) partial[j] += x[i * columns + j];
    for (size_t j = 0; j < width; j++) total[j] += partial[j];
  }
  for (size_t j = 0; j < width; j++) mean[j] = (float)(total[j] / (double)rows);
  double squares[STRIP] = {0};
  for (size_t start = 0; start < rows; start += BLOCK) {
    size_t end = start + BLOCK < rows ? start + BLOCK : rows;
    float partial[STRIP] = {0};
    for (size_t i = start; i < end; i++)
      for (size_t j = 0; j < width; j++) {
        float deviation = x[i * columns + j] - mean[j];
        partial[j] += deviation * deviation;
      }
    for (size_t j = 0; j < width; j++) squares[j] += partial[j];
  }
  for (size_t j = 0; j < width; j++) variance[j] = (float)(squares[j] / (double)rows);
}

MULTIVERSION void attune_column_moments(size_t rows, size_t columns, const float *restrict x, float *restrict mean,
                                        float *restrict variance) {
  COUNT(4 * rows * columns);
  size_t j = 0;
  for (; j + STRIP <= columns; j += STRIP) moments_of_strip(rows, columns, STRIP, x + j, mean + j, variance + j);
  if (j < columns) moments_of_strip(rows, columns, columns - j, x + j, mean + j, variance + j);
}

MULTIVERSION void attune_inverse_deviation(size_t columns, const float *restrict variance, float epsilon,
                                           float *restrict inverse) {
  COUNT(3 * columns);
  for (size_t j = 0; j < columns; j++) inverse[j] = 1.0f / __builtin_elementwise_sqrt(variance[j] + epsilon);
}

MULTIVERSION void attune_normalize(size_t rows, size_t columns, const float *x, const float *restrict mean,
                                   const float *restrict inverse, const float *restrict gamma,
                                   const float *restrict beta, float *y) {
  COUNT(3 * rows * columns);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++)
      y[i * columns + j] = (x[i * columns + j] - mean[j]) * (inverse[j] * gamma[j]) + beta[j];
}

MULTIVERSION void attune_normalize_backward_affine(size_t rows, size_t columns, const float *restrict x,
                                                   const float *restrict mean, const float *restrict inverse,
                                                   const float *restrict dy, float *restrict dgamma,
                                                   float *restrict dbeta) {
  COUNT(4 * rows * columns);
  for (size_t j = 0; j < columns; j++) dgamma[j] = dbeta[j] = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) {
      float d = dy[i * columns + j];
      dbeta[j] += d;
      dgamma[j] += d * (x[i * columns + j] - mean[j]);
    }
  for (size_t j = 0; j < columns; j++) dgamma[j] *= inverse[j];
}

MULTIVERSION void attune_normalize_backward_input(size_t rows, size_t columns, const float *x,
                                                  const float *restrict batch_mean,
                                                  const float *restrict inverse, const float *restrict gamma,
                                                  const float *restrict dgamma, const float *restrict dbeta,
                                                  float weight, float correction, const float *dy, float *dx) {
  COUNT(5 * rows * columns);
  float share = weight / (float)rows;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) {
      float scale = gamma[j] * inverse[j];
      float from_mean = -share * dbeta[j];
      float from_variance = -share * correction * inverse[j] * dgamma[j] * (x[i * columns + j] - batch_mean[j]);
      dx[i * columns + j] = scale * (dy[i * columns + j] + from_mean + from_variance);
    }
}
