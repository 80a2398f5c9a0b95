#include "kernels.h"
#include "include/attune_memory.h"

_Thread_local uint64_t attune_operations = 0;
_Thread_local uint64_t attune_allocations = 0;

const char *attune_instruction_set(void) {
#if defined(__x86_64__) && defined(__linux__) && !defined(ATTUNE_NO_CLONES)
  if (__builtin_cpu_supports("x86-64-v4")) return "x86-64-v4";
  if (__builtin_cpu_supports("x86-64-v3")) return "x86-64-v3";
#endif
  return "baseline";
}

int attune_has_avx512(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512cd");
#else
  return 0;
#endif
}

MULTIVERSION void attune_fill(size_t n, float value, float *restrict y) {
  for (size_t i = 0; i < n; i++) y[i] = value;
}

MULTIVERSION void attune_axpy(size_t n, float alpha, const float *restrict x, float *restrict y) {
  COUNT(2 * n);
  for (size_t i = 0; i < n; i++) y[i] += alpha * x[i];
}

MULTIVERSION void attune_scale(size_t n, float alpha, const float *x, float *y) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = alpha * x[i];
}

MULTIVERSION void attune_add(size_t n, const float *a, const float *b, float *y) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = a[i] + b[i];
}

MULTIVERSION void attune_subtract(size_t n, const float *a, const float *b, float *y) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = a[i] - b[i];
}

MULTIVERSION void attune_multiply(size_t n, const float *a, const float *b, float *y) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = a[i] * b[i];
}

MULTIVERSION void attune_multiply_add(size_t n, const float *a, const float *b, float *restrict y) {
  COUNT(2 * n);
  for (size_t i = 0; i < n; i++) y[i] += a[i] * b[i];
}

MULTIVERSION void attune_exp(size_t n, const float *x, float *y) {
  COUNT(n);
  IN_PLACE for (size_t i = 0; i < n; i++) y[i] = attune_exp1(x[i]);
}

// A value is not finite exactly when all exponent bits are set.
MULTIVERSION int attune_all_finite(size_t n, const float *restrict x) {
  uint32_t broken = 0;
  for (size_t i = 0; i < n; i++) {
    uint32_t bits;
    __builtin_memcpy(&bits, &x[i], sizeof bits);  // reading a float as an integer would be undefined
    broken |= (bits & 0x7f800000u) == 0x7f800000u;
  }
  return !broken;
}

MULTIVERSION double attune_sum(size_t n, const float *restrict x) {
#pragma clang fp reassociate(on)
  COUNT(n);
  double total = 0;
  for (size_t i = 0; i < n; i++) total += x[i];
  return total;
}

MULTIVERSION void attune_add_row(size_t rows, size_t columns, const float *x, const float *restrict row, float *y) {
  COUNT(rows * columns);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) y[i * columns + j] = x[i * columns + j] + row[j];
}

MULTIVERSION void attune_multiply_row(size_t rows, size_t columns, const float *x, const float *restrict row, float *y) {
  COUNT(rows * columns);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) y[i * columns + j] = x[i * columns + j] * row[j];
}

MULTIVERSION void attune_column_sums(size_t rows, size_t columns, const float *restrict x, float *restrict out) {
  COUNT(rows * columns);
  for (size_t j = 0; j < columns; j++) out[j] = 0;
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) out[j] += x[i * columns + j];
}
