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

#define DROPOUT_BLOCKS 64  // blocks of eight numbers that are drawn side by side

MULTIVERSION void attune_dropout_mask(size_t n, uint64_t key, uint32_t threshold, float kept, float *restrict mask) {
  COUNT(n);
  float drawn[8 * DROPOUT_BLOCKS];
  for (size_t start = 0; start < n; start += 8 * DROPOUT_BLOCKS) {
    uint32_t first = (uint32_t)(start / 8);
    for (uint32_t b = 0; b < DROPOUT_BLOCKS; b++) {
      uint32_t c0 = first + b, c1 = 0, c2 = 3, c3 = 0, k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
      for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        c0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)p1;
        c2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
      }
      drawn[b] = (c0 & 0xFFFFu) < threshold ? 0 : kept;
      drawn[DROPOUT_BLOCKS + b] = (c0 >> 16) < threshold ? 0 : kept;
      drawn[2 * DROPOUT_BLOCKS + b] = (c1 & 0xFFFFu) < threshold ? 0 : kept;
      drawn[3 * DROPOUT_BLOCKS + b] = (c1 >> 16) < threshold ? 0 : kept;
      drawn[4 * DROPOUT_BLOCKS + b] = (c2 & 0xFFFFu) < threshold ? 0 : kept;
      drawn[5 * DROPOUT_BLOCKS + b] = (c2 >> 16) < threshold ? 0 : kept;
      drawn[6 * DROPOUT_BLOCKS + b] = (c3 & 0xFFFFu) < threshold ? 0 : kept;
      drawn[7 * DROPOUT_BLOCKS + b] = (c3 >> 16) < threshold ? 0 : kept;
    }
    size_t count = n - start < 8 * DROPOUT_BLOCKS ? n - start : 8 * DROPOUT_BLOCKS;
    for (size_t i = 0; i < count; i++) mask[start + i] = drawn[i];
  }
}
