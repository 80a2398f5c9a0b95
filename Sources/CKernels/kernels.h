// Shared by the kernel files: instruction-set clones, and the polynomial exp that they all use.
#ifndef ATTUNE_KERNELS_INTERNAL_H
#define ATTUNE_KERNELS_INTERNAL_H

#include "include/attune_kernels.h"

// An instrumented ifunc resolver crashes before main under the thread sanitizer: no clones there.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ATTUNE_NO_CLONES 1
#endif
#endif
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__) && !defined(ATTUNE_NO_CLONES)
#define MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSION
#endif

// Adds to the operations counted on this thread.
#define COUNT(operations) attune_count_operations(operations)

// A loop whose result may be written in place of an argument: element i depends on elements i alone, which a compiler
// cannot see, and it would not vectorize.
#define IN_PLACE _Pragma("clang loop vectorize(assume_safety)")

#define INLINE static inline __attribute__((always_inline))

// exp(x), relative error below 3e-7 on [-87, 88]; below -87.3 it is 0 (no denormal numbers, which are slow), above 88.3
// infinity; NaN stays NaN. Range reduction with ln 2 in two parts, then a polynomial of degree 6.
INLINE float attune_exp1(float x) {
  float clamped = __builtin_elementwise_min(__builtin_elementwise_max(x, -87.3f), 88.3f);
  float n = __builtin_elementwise_roundeven(clamped * 1.44269504088896341f);
  float r = clamped - n * 0.693359375f;
  r = r + n * 2.12194440e-4f;
  float p = 1.3888889e-3f;
  p = p * r + 8.3333333e-3f;
  p = p * r + 4.1666667e-2f;
  p = p * r + 1.6666667e-1f;
  p = p * r + 0.5f;
  p = p * r * r + r + 1.0f;
  union { int32_t i; float f; } power = {.i = ((int32_t)n + 127) << 23};
  float y = x < -87.3f ? 0 : p * power.f;
  y = x > 88.3f ? __builtin_inff() : y;
  return x != x ? x : y;
}

#endif
