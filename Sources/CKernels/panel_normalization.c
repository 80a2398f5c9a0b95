#include "tiles.h"

typedef int32_t attune_lanes __attribute__((vector_size(LANES * sizeof(int32_t)), aligned(4)));

// All bits of a lane where it holds a sample, none where it is padding: 16 of these numbers from place 16 - count on.
static const int32_t lane_masks[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

// Runs `body` for every vector of feature i: `o` is where it starts, `MASKED(v)` is v with zeros for padding.
#define MASKED(v) ((attune_vector)((attune_lanes)(v) & mask))
#define AT(x) (*(const attune_vector *)((x) + o))
#define OVER_SAMPLES(body)                                                                      \
  for (size_t done = 0; done < samples; done += LANES) {                                        \
    const size_t o = (done / PANEL * features + i) * PANEL + done % PANEL;                      \
    const size_t count = samples - done < LANES ? samples - done : LANES;                       \
    const attune_lanes mask = *(const attune_lanes *)(lane_masks + LANES - count);              \
    body                                                                                        \
  }

// The sum of the lanes, by halves.
INLINE float lane_sum(const float *restrict lanes) {
  float sums[LANES];
  UNROLL for (int j = 0; j < LANES; j++) sums[j] = lanes[j];
  UNROLL for (int half = LANES / 2; half > 0; half /= 2)
    UNROLL for (int j = 0; j < half; j++) sums[j] += sums[j + half];
  return sums[0];
}

#define SUM(v) lane_sum((const float *)&(v))

WIDE void attune_panels_row_sums(size_t first, size_t end, size_t features, size_t samples,
                                 const float *restrict panels, float *restrict sums) {
  COUNT((end - first) * samples);
  for (size_t i = first; i < end; i++) {
    attune_vector total = {0};
    OVER_SAMPLES(total += MASKED(AT(panels));)
    sums[i] = SUM(total);
  }
}

// Mean and biased variance of the batch, in which the running ones have a share of 1 - weight.
typedef struct {
  float weight, correction;
  const float *running_mean, *running_variance;
} attune_mixture;

// The statistics of up to 16 features, then what follows from them for all at once, then the features.
INLINE void normalize(size_t first, size_t end, size_t features, size_t samples, float epsilon,
                      const attune_mixture mixture, const float *x, const float *gamma, const float *beta,
                      float *batch_mean, float *batch_variance, float *mean, float *variance, float *inverse, float *y) {
  const float share = 1.0f / (float)samples, kept = 1.0f - mixture.weight;
  for (size_t start = first; start < end; start += LANES) {
    const size_t stop = end - start < LANES ? end : start + LANES;
    for (size_t i = start; i < stop; i++) {
      if (mixture.weight == 0) {
        mean[i] = batch_mean[i] = mixture.running_mean[i];
        variance[i] = batch_variance[i] = mixture.running_variance[i];
        continue;
      }
      attune_vector total = {0}, squares = {0};
      OVER_SAMPLES(total += MASKED(AT(x));)
      const float center = SUM(total) * share;
      const attune_vector centers = EVERYWHERE(center);
      OVER_SAMPLES(const attune_vector deviation = MASKED(AT(x) - centers); squares += deviation * deviation;)
      batch_mean[i] = center;
      batch_variance[i] = SUM(squares) * share;
      mean[i] = batch_mean[i];
      variance[i] = mixture.correction * batch_variance[i];
      if (mixture.weight == 1) continue;
      mean[i] = kept * mixture.running_mean[i] + mixture.weight * mean[i];
      variance[i] = kept * mixture.running_variance[i] + mixture.weight * variance[i];
    }
    for (size_t i = start; i < stop; i++) inverse[i] = 1.0f / __builtin_elementwise_sqrt(variance[i] + epsilon);
    for (size_t i = start; i < stop; i++) {
      const float center = mean[i], factor = inverse[i] * gamma[i], shift = beta[i];
      const attune_vector centers = EVERYWHERE(center), factors = EVERYWHERE(factor), shifts = EVERYWHERE(shift);
      OVER_SAMPLES((void)mask; *(attune_vector *)(y + o) = (AT(x) - centers) * factors + shifts;)
    }
  }
}

WIDE void attune_panels_normalize(size_t first, size_t end, size_t features, size_t samples, float epsilon,
                                  const float *x, const float *restrict gamma, const float *restrict beta,
                                  float *restrict mean, float *restrict variance, float *restrict inverse, float *y) {
  COUNT((end - first) * (7 * samples + 3));
  const attune_mixture batch = {1, 1, NULL, NULL};
  normalize(first, end, features, samples, epsilon, batch, x, gamma, beta, mean, variance, mean, variance, inverse, y);
}

WIDE void attune_panels_normalize_mixed(size_t first, size_t end, size_t features, size_t samples, float epsilon,
                                        float weight, float correction, const float *x, const float *restrict gamma,
                                        const float *restrict beta, const float *restrict running_mean,
                                        const float *restrict running_variance, float *restrict batch_mean,
                                        float *restrict batch_variance, float *restrict mean, float *restrict variance,
                                        float *restrict inverse, float *y) {
  COUNT((end - first) * (weight == 0 ? 3 * samples + 3 : 7 * samples + 10));
  const attune_mixture mixture = {weight, correction, running_mean, running_variance};
  normalize(first, end, features, samples, epsilon, mixture, x, gamma, beta, batch_mean, batch_variance, mean, variance,
            inverse, y);
}

// The gradient flows through the share of the statistics that is the batch's.
INLINE void normalize_backward(size_t first, size_t end, size_t features, size_t samples, float weight,
                               float correction, const float *x, const float *batch_mean, const float *mean,
                               const float *inverse, const float *gamma, float *dgamma, float *dbeta, const float *dy,
                               float *dx) {
  const float share = weight / (float)samples;
  for (size_t i = first; i < end; i++) {
    const float center = mean[i], root = inverse[i], batch_center = batch_mean[i];
    const attune_vector centers = EVERYWHERE(center), batch_centers = EVERYWHERE(batch_center);
    attune_vector betas = {0}, gammas = {0};
    OVER_SAMPLES(const attune_vector d = MASKED(AT(dy)); betas += d; gammas += MASKED(d * (AT(x) - centers));)
    const float from_beta = SUM(betas), from_gamma = SUM(gammas) * root;
    dgamma[i] = from_gamma;
    dbeta[i] = from_beta;
    const float scale = gamma[i] * root, constant = -share * from_beta;
    const float slope = -share * correction * root * from_gamma;
    const attune_vector scales = EVERYWHERE(scale), constants = EVERYWHERE(constant), slopes = EVERYWHERE(slope);
    OVER_SAMPLES(
        (void)mask;
        *(attune_vector *)(dx + o) = scales * (AT(dy) + constants + slopes * (AT(x) - batch_centers));)
  }
}

WIDE void attune_panels_normalize_backward(size_t first, size_t end, size_t features, size_t samples, const float *x,
                                           const float *restrict mean, const float *restrict inverse,
                                           const float *restrict gamma, float *restrict dgamma, float *restrict dbeta,
                                           const float *dy, float *dx) {
  COUNT((end - first) * (9 * samples + 1));
  normalize_backward(first, end, features, samples, 1, 1, x, mean, mean, inverse, gamma, dgamma, dbeta, dy, dx);
}

WIDE void attune_panels_normalize_mixed_backward(size_t first, size_t end, size_t features, size_t samples,
                                                 float weight, float correction, const float *x,
                                                 const float *restrict batch_mean, const float *restrict mean,
                                                 const float *restrict inverse, const float *restrict gamma,
                                                 float *restrict dgamma, float *restrict dbeta, const float *dy,
                                                 float *dx) {
  COUNT((end - first) * (9 * samples + 2));
  normalize_backward(first, end, features, samples, weight, correction, x, batch_mean, mean, inverse, gamma, dgamma,
                     dbeta, dy, dx);
}
