// Loops over matrices that are not a GEMM. Row-major float32; rows are samples, columns are features.
// No function allocates, holds state or checks its arguments: AttuneCore's wrappers do that once.
#ifndef ATTUNE_KERNELS_H
#define ATTUNE_KERNELS_H

#include <stddef.h>
#include <stdint.h>

// The widest instruction set that the kernels use on this processor: "x86-64-v4", "x86-64-v3" or "baseline".
const char *attune_instruction_set(void);
// 1 where the processor has the AVX-512 subset (F, BW, DQ, VL, CD) that OpenBLAS's SkylakeX kernels need.
int attune_has_avx512(void);

// Floating-point operations counted on this thread: each kernel adds its own, callers of a GEMM add 2 n m k. An addition,
// a multiplication, a comparison, a division, a root, an exponential and a hyperbolic tangent count one each.
extern _Thread_local uint64_t attune_operations;
static inline void attune_count_operations(uint64_t operations) { attune_operations += operations; }
static inline uint64_t attune_counted_operations(void) { return attune_operations; }

// ---- elementwise -------------------------------------------------------------------------------------------
void attune_fill(size_t n, float value, float *y);
void attune_axpy(size_t n, float alpha, const float *x, float *y);                       // y += alpha x
void attune_scale(size_t n, float alpha, const float *x, float *y);                      // y = alpha x
void attune_add(size_t n, const float *a, const float *b, float *y);                     // y = a + b
void attune_subtract(size_t n, const float *a, const float *b, float *y);                // y = a - b
void attune_multiply(size_t n, const float *a, const float *b, float *y);                // y = a b
void attune_multiply_add(size_t n, const float *a, const float *b, float *y);            // y += a b
void attune_exp(size_t n, const float *x, float *y);
int attune_all_finite(size_t n, const float *x);
// mask[i] = 0 where a number of sixteen bits is below threshold, else kept. The numbers are those of Philox 4x32-10 with the
// key, at counters whose third word is 3: eight a block, 64 blocks side by side.
void attune_dropout_mask(size_t n, uint64_t key, uint32_t threshold, float kept, float *mask);
double attune_sum(size_t n, const float *x);
// y[i, :] = x[i, :] + row
void attune_add_row(size_t rows, size_t columns, const float *x, const float *row, float *y);
// y[i, :] = x[i, :] * row
void attune_multiply_row(size_t rows, size_t columns, const float *x, const float *row, float *y);
// out[j] = sum over i of x[i, j]
void attune_column_sums(size_t rows, size_t columns, const float *x, float *out);

// ---- activations: y = f(x); backward: dx = dy f'(x), from x or from y as named --------------------------------
void attune_relu(size_t n, const float *x, float *y);
void attune_relu_backward(size_t n, const float *y, const float *dy, float *dx);
void attune_tanh(size_t n, const float *x, float *y);
void attune_tanh_backward(size_t n, const float *y, const float *dy, float *dx);
void attune_sigmoid(size_t n, const float *x, float *y);
void attune_sigmoid_backward(size_t n, const float *y, const float *dy, float *dx);
void attune_gelu(size_t n, const float *x, float *y);                                    // x Phi(x), exact form
void attune_gelu_backward(size_t n, const float *x, const float *dy, float *dx);

// ---- batch normalization ---------------------------------------------------------------------------------------
// Mean and biased variance of every column, two passes.
void attune_column_moments(size_t rows, size_t columns, const float *x, float *mean, float *variance);
// inverse[j] = 1 / sqrt(variance[j] + epsilon)
void attune_inverse_deviation(size_t columns, const float *variance, float epsilon, float *inverse);
// y = (x - mean) * inverse * gamma + beta
void attune_normalize(size_t rows, size_t columns, const float *x, const float *mean, const float *inverse,
                      const float *gamma, const float *beta, float *y);
// dbeta[j] = sum dy ; dgamma[j] = sum dy (x - mean) inverse
void attune_normalize_backward_affine(size_t rows, size_t columns, const float *x, const float *mean,
                                      const float *inverse, const float *dy, float *dgamma, float *dbeta);
// Gradient with respect to x where mean = (1-a) source + a batch mean, variance = (1-a) source + a c (batch variance);
// dgamma and dbeta as the function above returned them. a = 0 are fixed statistics, a = c = 1 is ordinary training.
void attune_normalize_backward_input(size_t rows, size_t columns, const float *x, const float *batch_mean,
                                     const float *inverse, const float *gamma,
                                     const float *dgamma, const float *dbeta, float weight, float correction,
                                     const float *dy, float *dx);

// ---- panels: matrix products and batch norm of a training step -------------------------------------------------
// A matrix [rows, columns] in panels of 32 columns: element (i, j) is at (j / 32) * rows * 32 + i * 32 + j % 32, and the
// last panel is filled up, with zeros by the functions that copy. Activations are kept one row a feature and one column
// a sample: the samples of a feature lie side by side for batch norm, and no product has to reorder its factors.
// `first` and `end` are the part of the rows, or panels where so named, that a call works on: several threads share one.
void attune_pack_panels(size_t first_panel, size_t end_panel, size_t rows, size_t columns, const float *x, float *panels);
void attune_unpack_panels(size_t rows, size_t columns, const float *panels, float *x);
// Panels of [rows, columns] to panels of [columns, rows]; the range is of panels of the source.
void attune_transpose_panels(size_t first_panel, size_t end_panel, size_t rows, size_t columns, const float *panels,
                             float *transposed);
// sums[i] = sum over j of element (i, j)
void attune_panels_row_sums(size_t first, size_t end, size_t rows, size_t columns, const float *panels, float *sums);
// y = weight x + bias; weight [outputs, inputs] row-major, x [inputs, samples] and y [outputs, samples] in panels
void attune_panels_linear(size_t first, size_t end, size_t outputs, size_t inputs, size_t samples, const float *weight,
                          const float *bias /* or NULL */, const float *x, float *y);
// dx = weight^T dy; the range is of inputs
void attune_panels_input_gradient(size_t first, size_t end, size_t outputs, size_t inputs, size_t samples,
                                  const float *weight, const float *dy, float *dx);
// The rows from `first` to `end` of dy x^T, row-major; x_transposed is [samples, inputs] in panels.
void attune_panels_weight_gradient(size_t first, size_t end, size_t outputs, size_t inputs, size_t samples,
                                   const float *dy, const float *x_transposed, float *gradient);
// Batch norm with the statistics of the batch, which are written: y = (x - mean) inverse gamma + beta.
void attune_panels_normalize(size_t first, size_t end, size_t features, size_t samples, float epsilon, const float *x,
                             const float *gamma, const float *beta, float *mean, float *variance, float *inverse,
                             float *y);
// Its gradients with respect to gamma, beta and x.
void attune_panels_normalize_backward(size_t first, size_t end, size_t features, size_t samples, const float *x,
                                      const float *mean, const float *inverse, const float *gamma, float *dgamma,
                                      float *dbeta, const float *dy, float *dx);
// Both with `weight` of the batch's statistics, its variance times `correction`, and 1 - weight of the running ones. With
// weight 0 the batch's are not computed: the running ones are written in their place.
void attune_panels_normalize_mixed(size_t first, size_t end, size_t features, size_t samples, float epsilon,
                                   float weight, float correction, const float *x, const float *gamma,
                                   const float *beta, const float *running_mean, const float *running_variance,
                                   float *batch_mean, float *batch_variance, float *mean, float *variance,
                                   float *inverse, float *y);
void attune_panels_normalize_mixed_backward(size_t first, size_t end, size_t features, size_t samples, float weight,
                                            float correction, const float *x, const float *batch_mean,
                                            const float *mean, const float *inverse, const float *gamma, float *dgamma,
                                            float *dbeta, const float *dy, float *dx);

// ---- softmax, cross-entropy, entropy: one row is one sample, scores are logits ---------------------------------
void attune_softmax(size_t rows, size_t columns, const float *logits, float *probabilities);
void attune_log_softmax(size_t rows, size_t columns, const float *logits, float *log_probabilities);
// dx = p * (dy - sum(dy p)), p the softmax
void attune_softmax_backward(size_t rows, size_t columns, const float *p, const float *dy, float *dx);
// dx = dy - p * sum(dy), log_p the log-softmax
void attune_log_softmax_backward(size_t rows, size_t columns, const float *log_p, const float *dy, float *dx);
// losses[i] = -sum_c target[i,c] log p[i,c]; gradient[i,:] = p * sum(target) - target (not yet divided by rows)
void attune_cross_entropy(size_t rows, size_t columns, const float *logits, const float *targets, float *losses,
                          float *gradient);
// entropies[i] = -sum_c p ln p in nats; gradient[i,:] = -p (ln p + H)
void attune_entropy(size_t rows, size_t columns, const float *logits, float *entropies, float *gradient);
// x[i, :] *= factors[i]
void attune_scale_rows(size_t rows, size_t columns, const float *x, const float *factors, float *y);

// ---- optimizers: one pass over parameter, gradient and state; PyTorch's rules -----------------------------------
// Differences such as 1 - beta2 are given ready: computed in float from 0.999f they would be off by 5e-5.
typedef struct {
  float learning_rate, momentum, weight_decay;
  float gradient_weight;  // 1 - dampening
  int nesterov;
  int first_step;  // 1: the buffer is set to the gradient, undamped
} attune_sgd_settings;
void attune_sgd(size_t n, const attune_sgd_settings *settings, const float *gradient, float *parameter,
                float *buffer /* NULL without momentum */);

typedef struct {
  float weight1;             // 1 - beta1
  float beta2, weight2;      // weight2 = 1 - beta2
  float epsilon;
  float coupled_decay;       // added to the gradient (Adam)
  float shrink;              // the parameter is first multiplied by this: 1 - learning rate * decay (AdamW), or 1
  float step_size;           // learning rate / (1 - beta1^t)
  float inverse_correction;  // 1 / sqrt(1 - beta2^t)
} attune_adam_settings;
void attune_adam(size_t n, const attune_adam_settings *settings, const float *gradient, float *parameter,
                 float *first_moment, float *second_moment, float *maximum /* of second moments; NULL but for AMSGrad */);

typedef struct {
  float weight1;             // 1 - beta1
  float beta2, weight2;      // weight2 = 1 - beta2
  float epsilon, weight_decay;
  float inverse_correction;  // 1 / sqrt(1 - beta2^t)
  float gradient_step;       // learning rate (1 - mu_t) / (1 - mu_1 ... mu_t)
  float moment_step;         // learning rate mu_{t+1} / (1 - mu_1 ... mu_{t+1})
} attune_nadam_settings;
void attune_nadam(size_t n, const attune_nadam_settings *settings, const float *gradient, float *parameter,
                  float *first_moment, float *second_moment);

typedef struct {
  float weight1;         // 1 - beta1
  float beta2, weight2;  // weight2 = 1 - beta2
  float epsilon, weight_decay;
  float step_size;       // all factors of m, or of m / (sqrt(v) + epsilon) where rectified
  int rectified;         // 0: the variance of 1 / sqrt(v) is not known yet, the step does not divide by it
} attune_radam_settings;
void attune_radam(size_t n, const attune_radam_settings *settings, const float *gradient, float *parameter,
                  float *first_moment, float *second_moment);

typedef struct {
  float step_size;  // learning rate / (1 + (t - 1) decay)
  float epsilon, weight_decay;
} attune_adagrad_settings;
void attune_adagrad(size_t n, const attune_adagrad_settings *settings, const float *gradient, float *parameter,
                    float *square_sum);

typedef struct {
  float learning_rate, rho, weight;  // weight = 1 - rho
  float epsilon, weight_decay;
} attune_adadelta_settings;
void attune_adadelta(size_t n, const attune_adadelta_settings *settings, const float *gradient, float *parameter,
                     float *square_average, float *step_average);

typedef struct {
  float weight1;    // 1 - beta1
  float beta2, epsilon, weight_decay;
  float step_size;  // learning rate / (1 - beta1^t)
} attune_adamax_settings;
void attune_adamax(size_t n, const attune_adamax_settings *settings, const float *gradient, float *parameter,
                   float *first_moment, float *norm);

typedef struct {
  float learning_rate, epsilon, weight_decay, momentum;
  float alpha, weight;  // weight = 1 - alpha
} attune_rmsprop_settings;
void attune_rmsprop(size_t n, const attune_rmsprop_settings *settings, const float *gradient, float *parameter,
                    float *square_average, float *gradient_average /* NULL unless centered */,
                    float *buffer /* NULL without momentum */);

// ---- sparse rows: row i has the elements starts[i] <= k < starts[i + 1], values[k] in column places[k] ------------
// y[i, :] = base + sum_k values[k] weight[places[k], :]; weight has a row for each column of the sparse rows.
void attune_sparse_linear(size_t rows, size_t width, const size_t *starts, const uint32_t *places, const float *values,
                          const float *base, const float *weight, float *y);
// products[k - starts[0]] = dot(dy[i, :], weight[places[k], :])
void attune_sparse_products(size_t rows, size_t width, const size_t *starts, const uint32_t *places,
                            const float *weight, const float *dy, float *products);

// ---- online regression ------------------------------------------------------------------------------------------
typedef struct {
  double learning_rate, intercept_rate;
  double intercept;
  double count;  // rows learned so far
} attune_online_state;
// Row by row: predicts from features standardized by the moments so far, then takes the row into the moments (mean,
// population variance, and its inverse root, 0 where it is 0), and makes a step of gradient descent on (p - y)^2.
void attune_online_regression(size_t rows, size_t columns, const double *x, const double *y, attune_online_state *state,
                              double *mean, double *variance, double *inverse, double *weight, double *predictions);

// ---- recursive least squares ----------------------------------------------------------------------------------------
// The covariance is U D U^T with D diagonal and U unit upper triangular. Column j of U begins at factors[j * stride], where
// stride is `columns` rounded up to a multiple of 8; its diagonal is stored as 1, what is below as 0, and so is padding:
// [stride, stride] in all.
typedef struct {
  double noise;  // variance of one row's target, above 0
  double decay;  // what the covariance is divided by after the row: 1, or the forgetting factor
  double floor;  // the smallest element of D
} attune_least_squares_rule;
// One row x of `features` numbers, with a 1 after it where columns = features + 1. The targets are y[outputs], the weights
// [outputs, stride]; with outputs = 0 only the covariance changes. Returns noise + x^T P x, and changes nothing where that
// or an error of a target is not finite (then it returns NaN). `work` has 6 * stride elements; `errors` has `outputs`,
// and is written; `floored` counts the elements of D that were raised to the floor.
double attune_least_squares_step(size_t columns, size_t features, const double *x, size_t outputs, const double *y,
                                 const attune_least_squares_rule *rule, double *factors, double *diagonal,
                                 double *weights, double *errors, double *work, size_t *floored);

// ---- limits on gradients and weights -----------------------------------------------------------------------------
double attune_sum_of_squares(size_t n, const float *x);
void attune_clamp(size_t n, float limit, float *x);                                      // into [-limit, limit]
// sign(x) * max(|x| - threshold, 0); NaN stays NaN.
void attune_soft_threshold(size_t n, float threshold, float *x);
// Scales each row whose norm exceeds the limit by limit / (norm + 1e-7).
void attune_limit_row_norms(size_t rows, size_t columns, double limit, float *x);

// ---- drift: 16 features side by side ---------------------------------------------------------------------------
#define ATTUNE_DRIFT_LANES 16
// The rows of each feature in ascending order, as whole numbers that are ordered as the finite numbers they stand for (to
// 23 bits), INT32_MAX for the others: [columns / 16 rounded up][size][16]. size is a power of two, at least rows and 8.
void attune_sorted_keys(size_t rows, size_t columns, const float *x, size_t size, int32_t *keys);
// Of each feature the number of finite values in x, the largest difference of the empirical distribution functions of x and
// of a reference, whose sorted keys these are, and the area between them. size is at least that of both; size squared is at
// most 2^31. scratch has 2 * size * 16 elements.
void attune_drift_distances(size_t rows, size_t columns, const float *x, size_t size, size_t reference_rows,
                            const int32_t *reference, int32_t *scratch, float *counts, float *gaps, float *areas);
// counts[e, j] = number of finite x[:, j] above edge[e, j]
void attune_counts_above(size_t rows, size_t columns, const float *x, size_t edges, const float *edge, float *counts);
// Of each feature the number of finite values, and the sums of (x - center) * inverse and of its square over them.
void attune_finite_moments(size_t rows, size_t columns, const float *x, const float *center, const float *inverse,
                           float *counts, float *sums, float *squares);

#endif
