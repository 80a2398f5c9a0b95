#include "kernels.h"

MULTIVERSION void attune_relu(size_t n, const float *x, float *y) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = x[i] < 0 ? 0 : x[i];  // NaN stays NaN
}

MULTIVERSION void attune_relu_backward(size_t n, const float *y, const float *dy, float *dx) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) dx[i] = y[i] > 0 ? dy[i] : 0;
}

// Below 0.625 an odd polynomial (Cephes), above 1 - 2 / (exp(2x) + 1).
INLINE float tanh1(float x) {
  float z = x * x;
  float p = -5.70498872745e-3f;
  p = p * z + 2.06390887954e-2f;
  p = p * z - 5.37397155531e-2f;
  p = p * z + 1.33314422036e-1f;
  p = p * z - 3.33332819422e-1f;
  float small = p * z * x + x;
  float magnitude = __builtin_elementwise_abs(x);
  float large = 1.0f - 2.0f / (attune_exp1(2.0f * magnitude) + 1.0f);
  return __builtin_copysignf(magnitude < 0.625f ? small : large, x);  // -0 keeps its sign too
}

MULTIVERSION void attune_tanh(size_t n, const float *x, float *y) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = tanh1(x[i]);
}

MULTIVERSION void attune_tanh_backward(size_t n, const float *y, const float *dy, float *dx) {
  COUNT(3 * n);
  IN_PLACE for (size_t i = 0; i < n; i++) dx[i] = dy[i] * (1.0f - y[i] * y[i]);
}

MULTIVERSION void attune_sigmoid(size_t n, const float *x, float *y) {
  COUNT(3 * n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = 1.0f / (1.0f + attune_exp1(-x[i]));
}

MULTIVERSION void attune_sigmoid_backward(size_t n, const float *y, const float *dy, float *dx) {
  COUNT(3 * n);
  IN_PLACE for (size_t i = 0; i < n; i++) dx[i] = dy[i] * y[i] * (1.0f - y[i]);
}

// The standard normal distribution function by Abramowitz and Stegun 7.1.26, absolute error 1e-7.
INLINE float normal_cdf(float x) {
  float magnitude = __builtin_elementwise_abs(x) * 0.70710678118654752f;
  float t = 1.0f / (1.0f + 0.3275911f * magnitude);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  float tail = 0.5f * p * t * attune_exp1(-magnitude * magnitude);
  return x < 0 ? tail : 1.0f - tail;
}

MULTIVERSION void attune_gelu(size_t n, const float *x, float *y) {
  COUNT(2 * n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = x[i] * normal_cdf(x[i]);
}

MULTIVERSION void attune_gelu_backward(size_t n, const float *x, const float *dy, float *dx) {
  COUNT(5 * n);
  IN_PLACE for (size_t i = 0; i < n; i++) {
    float density = 0.39894228040143268f * attune_exp1(-0.5f * x[i] * x[i]);
    dx[i] = dy[i] * (normal_cdf(x[i]) + x[i] * density);
  }
}
