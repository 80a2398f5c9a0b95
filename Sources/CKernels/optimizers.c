#include "kernels.h"

// torch.lerp(a, b, w) for w < 0.5 is a + w (b - a), otherwise b - (b - a) (1 - w).
INLINE float lerp1(float a, float b, float w) {
  return w < 0.5f ? a + w * (b - a) : b - (b - a) * (1.0f - w);
}

MULTIVERSION void attune_sgd(size_t n, const attune_sgd_settings *settings, const float *restrict gradient,
                             float *restrict parameter, float *restrict buffer) {
  COUNT((buffer ? settings->nesterov ? 9 : 7 : 4) * n);
  const float rate = settings->learning_rate, momentum = settings->momentum, decay = settings->weight_decay;
  const float fresh = settings->first_step ? 1.0f : settings->gradient_weight;
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

// `maximum` is NULL or not at each call, so that no loop tests it and each vectorizes.
INLINE void adam_loop(size_t n, const attune_adam_settings *settings, const float *restrict gradient,
                      float *restrict parameter, float *restrict first_moment, float *restrict second_moment,
                      float *restrict maximum, int with_maximum) {
  const float weight1 = settings->weight1, beta2 = settings->beta2, weight2 = settings->weight2;
  const float epsilon = settings->epsilon, coupled = settings->coupled_decay, shrink = settings->shrink;
  const float step = settings->step_size, inverse = settings->inverse_correction;
  for (size_t i = 0; i < n; i++) {
    float theta = parameter[i] * shrink;
    float g = gradient[i] + coupled * theta;
    float m = lerp1(first_moment[i], g, weight1);
    float v = beta2 * second_moment[i] + weight2 * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    if (with_maximum) {
      v = maximum[i] > v ? maximum[i] : v;  // a v of NaN stays
      maximum[i] = v;
    }
    parameter[i] = theta - step * m / (__builtin_elementwise_sqrt(v) * inverse + epsilon);
  }
}

MULTIVERSION void attune_adam(size_t n, const attune_adam_settings *settings, const float *restrict gradient,
                              float *restrict parameter, float *restrict first_moment, float *restrict second_moment,
                              float *restrict maximum) {
  COUNT((maximum ? 17 : 16) * n);
  if (maximum) {
    adam_loop(n, settings, gradient, parameter, first_moment, second_moment, maximum, 1);
  } else {
    adam_loop(n, settings, gradient, parameter, first_moment, second_moment, maximum, 0);
  }
}

MULTIVERSION void attune_nadam(size_t n, const attune_nadam_settings *settings, const float *restrict gradient,
                               float *restrict parameter, float *restrict first_moment,
                               float *restrict second_moment) {
  COUNT(17 * n);
  const float weight1 = settings->weight1, beta2 = settings->beta2, weight2 = settings->weight2;
  const float epsilon = settings->epsilon, decay = settings->weight_decay, inverse = settings->inverse_correction;
  const float gradient_step = settings->gradient_step, moment_step = settings->moment_step;
  for (size_t i = 0; i < n; i++) {
    float g = gradient[i] + decay * parameter[i];
    float m = lerp1(first_moment[i], g, weight1);
    float v = beta2 * second_moment[i] + weight2 * g * g;
    first_moment[i] = m;
    second_moment[i] = v;
    parameter[i] -= (gradient_step * g + moment_step * m) / (__builtin_elementwise_sqrt(v) * inverse + epsilon);
  }
}

MULTIVERSION void attune_radam(size_t n, const attune_radam_settings *settings, const float *restrict gradient,
                               float *restrict parameter, float *restrict first_moment,
                               float *restrict second_moment) {
  COUNT((settings->rectified ? 14 : 11) * n);
  const float weight1 = settings->weight1, beta2 = settings->beta2, weight2 = settings->weight2;
  const float epsilon = settings->epsilon, decay = settings->weight_decay, step = settings->step_size;
  if (settings->rectified) {
    for (size_t i = 0; i < n; i++) {
      float g = gradient[i] + decay * parameter[i];
      float m = lerp1(first_moment[i], g, weight1);
      float v = beta2 * second_moment[i] + weight2 * g * g;
      first_moment[i] = m;
      second_moment[i] = v;
      parameter[i] -= step * m / (__builtin_elementwise_sqrt(v) + epsilon);
    }
  } else {
    for (size_t i = 0; i < n; i++) {
      float g = gradient[i] + decay * parameter[i];
      float m = lerp1(first_moment[i], g, weight1);
      first_moment[i] = m;
      second_moment[i] = beta2 * second_moment[i] + weight2 * g * g;
      parameter[i] -= step * m;
    }
  }
}

MULTIVERSION void attune_adagrad(size_t n, const attune_adagrad_settings *settings, const float *restrict gradient,
                                 float *restrict parameter, float *restrict square_sum) {
  COUNT(9 * n);
  const float step = settings->step_size, epsilon = settings->epsilon, decay = settings->weight_decay;
  for (size_t i = 0; i < n; i++) {
    float g = gradient[i] + decay * parameter[i];
    float v = square_sum[i] + g * g;
    square_sum[i] = v;
    parameter[i] -= step * g / (__builtin_elementwise_sqrt(v) + epsilon);
  }
}

MULTIVERSION void attune_adadelta(size_t n, const attune_adadelta_settings *settings, const float *restrict gradient,
                                  float *restrict parameter, float *restrict square_average,
                                  float *restrict step_average) {
  COUNT(18 * n);
  const float rate = settings->learning_rate, rho = settings->rho, weight = settings->weight;
  const float epsilon = settings->epsilon, decay = settings->weight_decay;
  for (size_t i = 0; i < n; i++) {
    float g = gradient[i] + decay * parameter[i];
    float v = rho * square_average[i] + weight * g * g;
    float a = step_average[i];
    float d = __builtin_elementwise_sqrt(a + epsilon) / __builtin_elementwise_sqrt(v + epsilon) * g;
    square_average[i] = v;
    step_average[i] = rho * a + weight * d * d;
    parameter[i] -= rate * d;
  }
}

MULTIVERSION void attune_adamax(size_t n, const attune_adamax_settings *settings, const float *restrict gradient,
                                float *restrict parameter, float *restrict first_moment, float *restrict norm) {
  COUNT(11 * n);
  const float weight1 = settings->weight1, beta2 = settings->beta2, epsilon = settings->epsilon;
  const float decay = settings->weight_decay, step = settings->step_size;
  for (size_t i = 0; i < n; i++) {
    float g = gradient[i] + decay * parameter[i];
    float m = lerp1(first_moment[i], g, weight1);
    float decayed = beta2 * norm[i], size = __builtin_elementwise_abs(g) + epsilon;
    float u = decayed > size ? decayed : size;  // a size of NaN stays
    first_moment[i] = m;
    norm[i] = u;
    parameter[i] -= step * m / u;
  }
}

// `centered` and `with_momentum` are constants at each call, so that no loop tests them and each vectorizes.
INLINE void rmsprop_loop(size_t n, const attune_rmsprop_settings *settings, const float *restrict gradient,
                         float *restrict parameter, float *restrict square_average, float *restrict gradient_average,
                         float *restrict buffer, int centered, int with_momentum) {
  const float rate = settings->learning_rate, epsilon = settings->epsilon;
  const float alpha = settings->alpha, weight = settings->weight;
  const float decay = settings->weight_decay, momentum = settings->momentum;
  for (size_t i = 0; i < n; i++) {
    float g = gradient[i] + decay * parameter[i];
    float v = alpha * square_average[i] + weight * g * g;
    square_average[i] = v;
    if (centered) {
      float m = lerp1(gradient_average[i], g, weight);
      gradient_average[i] = m;
      v -= m * m;
      v = v < 0 ? 0 : v;  // rounding may leave it just below zero; NaN stays NaN
    }
    float update = g / (__builtin_elementwise_sqrt(v) + epsilon);
    if (with_momentum) {
      update = momentum * buffer[i] + update;
      buffer[i] = update;
    }
    parameter[i] -= rate * update;
  }
}

MULTIVERSION void attune_rmsprop(size_t n, const attune_rmsprop_settings *settings, const float *restrict gradient,
                                 float *restrict parameter, float *restrict square_average,
                                 float *restrict gradient_average, float *restrict buffer) {
  COUNT((11 + (gradient_average ? 6 : 0) + (buffer ? 2 : 0)) * n);
  if (gradient_average && buffer) {
    rmsprop_loop(n, settings, gradient, parameter, square_average, gradient_average, buffer, 1, 1);
  } else if (gradient_average) {
    rmsprop_loop(n, settings, gradient, parameter, square_average, gradient_average, buffer, 1, 0);
  } else if (buffer) {
    rmsprop_loop(n, settings, gradient, parameter, square_average, gradient_average, buffer, 0, 1);
  } else {
    rmsprop_loop(n, settings, gradient, parameter, square_average, gradient_average, buffer, 0, 0);
  }
}
