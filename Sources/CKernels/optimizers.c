#include "kernels.h"

// torch.lerp(a, b, w) for w < 0.5 is a + w (b - a), otherwise b - (b - a) (1 - w).
INLINE float lerp1(float a, float b, float w) {
  return w < 0.5f ? a + w * (b - a) : b - (b - a) * (1.0f - w);
}

MULTIVERSION void attune_sgd(size_t n, const attune_sgd_settings *settings, const float *restrict gradient,
                             float *restrict parameter, float *restrict buffer) {
  COUNT(6 * n);
  const float rate = settings->learning_rate, momentum = settings->momentum, decay = settings->weight_decay;
  const float fresh = settings->first_step ? 1.0f : 1.0f - settings->dampening;
  const float kept = settings->first_step ? 0.0f : momentum;
  const float ahead = settings->nesterov ? momentum : 0.0f;
  if (!buffer) {
    for (size_t i = 0; i < n; i++) parameter[i] -= rate * (gradient[i] + decay * parameter[i]);
  } else if (settings->nesterov) {
    for (size_t i = 0; i < n; i++) {
      float g = gradient[i] + decay * parameter[i];
      float b = kept * buffer[i] + fresh * g;
      buffer[i] = b;
      parameter[i] -= rate * (g + ahead * b);
    }
  } else {
    for (size_t i = 0; i < n; i++) {
      float g = gradient[i] + decay * parameter[i];
      float b = kept * buffer[i] + fresh * g;
      buffer[i] = b;
      parameter[i] -= rate * b;
    }
  }
}

MULTIVERSION void attune_adam(size_t n, const attune_adam_settings *settings, const float *restrict gradient,
                              float *restrict parameter, float *restrict first_moment,
                              float *restrict second_moment) {
  COUNT(14 * n);
  const float beta2 = settings->beta2, epsilon = settings->epsilon, weight = 1.0f - settings->beta1;
  const float coupled = settings->coupled_decay;
  const float shrink = 1.0f - settings->learning_rate * settings->decoupled_decay;
  const float step = settings->learning_rate / settings->correction1, inverse2 = 1.0f / settings->correction2;
  for (size_t i = 0; i < n; i++) {
    float theta = parameter[i] * shrink;
    float g = gradient[i] + coupled * theta;
    float m = lerp1(first_moment[i], g, weight);
    float v = beta2 * second_moment[i] + (1.0f - beta2) * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    parameter[i] = theta - step * m / (__builtin_elementwise_sqrt(v) * inverse2 + epsilon);
  }
}

MULTIVERSION void attune_rmsprop(size_t n, const attune_rmsprop_settings *settings, const float *restrict gradient,
                                 float *restrict parameter, float *restrict square_average,
                                 float *restrict gradient_average, float *restrict buffer) {
  COUNT(10 * n);
  const float rate = settings->learning_rate, alpha = settings->alpha, epsilon = settings->epsilon;
  const float decay = settings->weight_decay, momentum = settings->momentum;
  for (size_t i = 0; i < n; i++) {
    float g = gradient[i] + decay * parameter[i];
    float v = alpha * square_average[i] + (1.0f - alpha) * g * g;
    square_average[i] = v;
    if (gradient_average) {
      float m = lerp1(gradient_average[i], g, 1.0f - alpha);
      gradient_average[i] = m;
      v -= m * m;  // rounding may leave it just below zero
      v = v < 0 ? 0 : v;
    }
    float update = g / (__builtin_elementwise_sqrt(v) + epsilon);
    if (buffer) {
      update = momentum * buffer[i] + update;
      buffer[i] = update;
    }
    parameter[i] -= rate * update;
  }
}
