#include "kernels.h"

#include <float.h>

// 16 features side by side: one vector on the widest processors, several on others. Memory need not be aligned.
typedef int32_t lanes __attribute__((vector_size(64), aligned(4)));
typedef float floats __attribute__((vector_size(64), aligned(4)));
#define LANES ATTUNE_DRIFT_LANES

INLINE void exchange(lanes *low, lanes *high) {
  lanes a = *low, b = *high;
  *low = __builtin_elementwise_min(a, b);
  *high = __builtin_elementwise_max(a, b);
}

// The last three steps of a merge, in registers.
INLINE void clean8(lanes *keys) {
  lanes r[8];
  for (int i = 0; i < 8; i++) r[i] = keys[i];
  for (int i = 0; i < 4; i++) exchange(&r[i], &r[i + 4]);
  for (int i = 0; i < 8; i += 4) {
    exchange(&r[i], &r[i + 2]);
    exchange(&r[i + 1], &r[i + 3]);
  }
  for (int i = 0; i < 8; i += 2) exchange(&r[i], &r[i + 1]);
  for (int i = 0; i < 8; i++) keys[i] = r[i];
}

// Sorts a bitonic sequence, two steps in one pass over it. The size is a power of two of at least 8.
INLINE void clean(size_t size, lanes *keys) {
  size_t distance = size / 2;
  while (distance >= 8) {
    if (distance < 16) {
      for (size_t block = 0; block < size; block += 2 * distance)
        for (size_t i = block; i < block + distance; i++) exchange(&keys[i], &keys[i + distance]);
      distance /= 2;
      continue;
    }
    size_t half = distance / 2;
    for (size_t block = 0; block < size; block += 2 * distance) {
      for (size_t i = block; i < block + half; i++) {
        lanes a = keys[i], b = keys[i + half], c = keys[i + distance], d = keys[i + distance + half];
        exchange(&a, &c);
        exchange(&b, &d);
        exchange(&a, &b);
        exchange(&c, &d);
        keys[i] = a;
        keys[i + half] = b;
        keys[i + distance] = c;
        keys[i + distance + half] = d;
      }
    }
    distance /= 4;
  }
  for (size_t i = 0; i < size; i += 8) clean8(keys + i);
}

INLINE void sort8(lanes *keys) {
  lanes r[8];
  for (int i = 0; i < 8; i++) r[i] = keys[i];
  for (int size = 2; size <= 8; size *= 2) {
    for (int block = 0; block < 8; block += size)
      for (int i = 0; i < size / 2; i++) exchange(&r[block + i], &r[block + size - 1 - i]);
    for (int distance = size / 4; distance > 0; distance /= 2)
      for (int block = 0; block < 8; block += 2 * distance)
        for (int i = block; i < block + distance; i++) exchange(&r[i], &r[i + distance]);
  }
  for (int i = 0; i < 8; i++) keys[i] = r[i];
}

// Batcher's bitonic network, every comparison in the same direction: no branch depends on a value.
INLINE void sort(size_t size, lanes *keys) {
  for (size_t i = 0; i < size; i += 8) sort8(keys + i);
  for (size_t length = 16; length <= size; length *= 2) {
    for (size_t block = 0; block < size; block += length) {
      for (size_t i = 0; i < length / 2; i++) exchange(&keys[block + i], &keys[block + length - 1 - i]);
      clean(length / 2, keys + block);
      clean(length / 2, keys + block + length / 2);
    }
  }
}

// One row of 16 features; beyond the last feature, zeros. Vectors go through memory: passed by value, their ABI would depend
// on the instruction set.
INLINE void load(size_t features, const float *x, floats *values) {
  if (features >= LANES) {
    *values = *(const floats *)x;
    return;
  }
  *values = (floats){0};
  for (size_t lane = 0; lane < features; lane++) (*values)[lane] = x[lane];
}

// Numbers in the order of their keys, the last bit free for where they come from; what is no finite number comes last.
INLINE void key_row(const floats *row, int32_t tag, lanes *result) {
  floats values = *row + 0.0f;  // -0 becomes 0
  lanes bits = (lanes)values;
  lanes ordered = bits ^ ((bits >> 31) & 0x7fffffff);
  lanes key = (ordered & ~1) | tag;
  lanes is_finite = (bits & 0x7fffffff) < 0x7f800000;
  *result = (is_finite & key) | (~is_finite & INT32_MAX);
}

INLINE void value_row(const lanes *keys, floats *result) {
  lanes ordered = *keys & ~1;
  *result = (floats)(ordered ^ ((ordered >> 31) & 0x7fffffff));
}

INLINE void sorted_keys(size_t rows, size_t columns, size_t features, const float *x, int32_t tag, size_t size,
                        lanes *keys) {
  for (size_t i = 0; i < rows; i++) {
    floats row;
    load(features, x + i * columns, &row);
    key_row(&row, tag, &keys[i]);
  }
  for (size_t i = rows; i < size; i++) keys[i] = (lanes){0} + INT32_MAX;
  sort(size, keys);
}

// Comparisons of a network that sorts `size` rows of 16 features, two operations each.
INLINE uint64_t sorting(size_t size) {
  uint64_t levels = 0;
  while (((size_t)1 << levels) < size) levels++;
  return LANES * size / 2 * levels * (levels + 1);
}

MULTIVERSION void attune_sorted_keys(size_t rows, size_t columns, const float *restrict x, size_t size,
                                     int32_t *restrict keys) {
  size_t groups = (columns + LANES - 1) / LANES;
  COUNT(groups * sorting(size));
  for (size_t group = 0; group < groups; group++) {
    size_t first = group * LANES;
    sorted_keys(rows, columns, columns - first, x + first, 1, size, (lanes *)(keys + first * size));
  }
}

MULTIVERSION void attune_drift_distances(size_t rows, size_t columns, const float *restrict x, size_t size,
                                         size_t reference_rows, const int32_t *restrict reference,
                                         int32_t *restrict scratch, float *restrict counts, float *restrict gaps,
                                         float *restrict areas) {
  size_t groups = (columns + LANES - 1) / LANES;
  uint64_t levels = 0;
  while (((size_t)1 << levels) < size) levels++;
  COUNT(groups * (sorting(size) + 2 * LANES * size * (levels + 1) + LANES * (2 * size * 6 + 2 * rows)));
  for (size_t group = 0; group < groups; group++) {
    size_t first = group * LANES, features = columns - first < LANES ? columns - first : LANES;
    const lanes *source = (const lanes *)(reference + first * size);
    lanes *keys = (lanes *)scratch;
    sorted_keys(rows, columns, features, x + first, 0, size, keys);
    lanes n = {0}, m = {0};
    for (size_t i = 0; i < rows; i++) n -= keys[i] != INT32_MAX;
    for (size_t i = 0; i < reference_rows; i++) m -= source[i] != INT32_MAX;
    for (size_t i = 0; i < size; i++) {
      lanes a = keys[i], b = source[size - 1 - i];
      keys[i] = __builtin_elementwise_min(a, b);
      keys[2 * size - 1 - i] = __builtin_elementwise_max(a, b);
    }
    clean(size, keys);
    clean(size, keys + size);
    // n m (F_reference - F_rows) in whole numbers; a gap counts where the next value is another.
    lanes difference = {0}, gap = {0};
    floats area = {0};
    size_t end = rows + reference_rows;
    for (size_t i = 0; i < end; i++) {
      lanes key = keys[i], next = i + 1 < 2 * size ? keys[i + 1] : (lanes){0} + INT32_MAX;
      lanes is_value = key != INT32_MAX, is_source = -(key & 1);
      difference += is_value & ((is_source & n) - (~is_source & m));
      lanes distance = __builtin_elementwise_abs(difference), differs = (key & ~1) != (next & ~1);
      lanes counted = is_value & differs;
      gap = __builtin_elementwise_max(gap, counted & distance);
      lanes stretches = counted & (next != INT32_MAX);
      floats low, high;
      value_row(&key, &low);
      value_row(&next, &high);
      area += (floats)(stretches & (lanes)(__builtin_convertvector(distance, floats) * (high - low)));
    }
    for (size_t lane = 0; lane < features; lane++) {
      float scale = (float)n[lane] * (float)m[lane];
      counts[first + lane] = (float)n[lane];
      gaps[first + lane] = scale > 0 ? (float)gap[lane] / scale : 0;
      areas[first + lane] = scale > 0 ? area[lane] / scale : 0;
    }
  }
}

MULTIVERSION void attune_counts_above(size_t rows, size_t columns, const float *restrict x, size_t edges,
                                      const float *restrict edge, float *restrict counts) {
  enum { STRIP = 9 };  // edges that stay in registers
  COUNT(rows * columns * (2 * edges + 1));
  for (size_t first = 0; first < columns; first += LANES) {
    size_t features = columns - first < LANES ? columns - first : LANES;
    for (size_t strip = 0; strip < edges; strip += STRIP) {
      floats limits[STRIP];
      lanes above[STRIP];
      size_t width = edges - strip < STRIP ? edges - strip : STRIP;
      for (size_t e = 0; e < STRIP; e++) {
        above[e] = (lanes){0};
        limits[e] = (floats){0};
        if (e < width) load(features, edge + (strip + e) * columns + first, &limits[e]);
      }
      for (size_t i = 0; i < rows; i++) {
        floats value;
        load(features, x + i * columns + first, &value);
        lanes is_finite = value <= FLT_MAX;
        for (size_t e = 0; e < STRIP; e++) above[e] -= (value > limits[e]) & is_finite;
      }
      for (size_t e = 0; e < width; e++)
        for (size_t lane = 0; lane < features; lane++) {
          counts[(strip + e) * columns + first + lane] = (float)above[e][lane];
        }
    }
  }
}

MULTIVERSION void attune_finite_moments(size_t rows, size_t columns, const float *restrict x,
                                        const float *restrict center, const float *restrict inverse,
                                        float *restrict counts, float *restrict sums, float *restrict squares) {
  COUNT(7 * rows * columns);
  for (size_t first = 0; first < columns; first += LANES) {
    size_t features = columns - first < LANES ? columns - first : LANES;
    floats middle, scale;
    load(features, center + first, &middle);
    load(features, inverse + first, &scale);
    floats sum = {0}, square = {0};
    lanes count = {0};
    for (size_t i = 0; i < rows; i++) {
      floats value;
      load(features, x + i * columns + first, &value);
      lanes is_finite = ((lanes)value & 0x7fffffff) < 0x7f800000;
      floats deviation = (floats)(is_finite & (lanes)((value - middle) * scale));
      count -= is_finite;
      sum += deviation;
      square += deviation * deviation;
    }
    for (size_t lane = 0; lane < features; lane++) {
      counts[first + lane] = (float)count[lane];
      sums[first + lane] = sum[lane];
      squares[first + lane] = square[lane];
    }
  }
}
