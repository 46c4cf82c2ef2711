/* Native yardsticks for bench.ts: the best rate of several runs, one JSON object.
 *   native SECONDS read N D      -> GB/s of summing N*D floats, eight independent vector sums: what memory gives one core
 *   native SECONDS matmul M K N  -> GFLOP/s of the core's own tile (4 x 8, no fused multiply-add) in SSE
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <xmmintrin.h>

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static float *filled(size_t count) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  if (!values) exit(2);
  for (size_t i = 0; i < count; i++) values[i] = (float)(i % 1000) * 0.001f;
  return values;
}

static float sum(const float *x, size_t count) {
  __m128 s[8];
  for (int j = 0; j < 8; j++) s[j] = _mm_setzero_ps();
  for (size_t i = 0; i + 32 <= count; i += 32)
    for (int j = 0; j < 8; j++) s[j] = _mm_add_ps(s[j], _mm_loadu_ps(x + i + 4 * j));
  float out[4], total = 0;
  for (int j = 0; j < 8; j++) {
    _mm_storeu_ps(out, s[j]);
    total += out[0] + out[1] + out[2] + out[3];
  }
  return total;
}

static void matmul(const float *a, const float *b, float *c, int m, int k, int n) {
  for (int p = 0; p + 8 <= n; p += 8) {
    const float *panel = b + (size_t)p * k;
    for (int i = 0; i + 4 <= m; i += 4) {
      const float *a0 = a + (size_t)i * k, *a1 = a0 + k, *a2 = a1 + k, *a3 = a2 + k;
      __m128 s[8];
      for (int j = 0; j < 8; j++) s[j] = _mm_setzero_ps();
      for (int l = 0; l < k; l++) {
        __m128 b0 = _mm_loadu_ps(panel + l * 8), b1 = _mm_loadu_ps(panel + l * 8 + 4), x;
        x = _mm_set1_ps(a0[l]);
        s[0] = _mm_add_ps(s[0], _mm_mul_ps(x, b0));
        s[1] = _mm_add_ps(s[1], _mm_mul_ps(x, b1));
        x = _mm_set1_ps(a1[l]);
        s[2] = _mm_add_ps(s[2], _mm_mul_ps(x, b0));
        s[3] = _mm_add_ps(s[3], _mm_mul_ps(x, b1));
        x = _mm_set1_ps(a2[l]);
        s[4] = _mm_add_ps(s[4], _mm_mul_ps(x, b0));
        s[5] = _mm_add_ps(s[5], _mm_mul_ps(x, b1));
        x = _mm_set1_ps(a3[l]);
        s[6] = _mm_add_ps(s[6], _mm_mul_ps(x, b0));
        s[7] = _mm_add_ps(s[7], _mm_mul_ps(x, b1));
      }
      for (int r = 0; r < 4; r++) {
        _mm_storeu_ps(c + (size_t)(i + r) * n + p, s[2 * r]);
        _mm_storeu_ps(c + (size_t)(i + r) * n + p + 4, s[2 * r + 1]);
      }
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return 1;
  double best = 1e300, until, slice = atof(argv[1]);
  volatile float sink = 0;
  argv++, argc--;
  if (argc == 4 && !strcmp(argv[1], "read")) {
    size_t count = (size_t)atol(argv[2]) * (size_t)atol(argv[3]);
    float *x = filled(count);
    until = seconds() + slice;
    do {
      double start = seconds();
      sink += sum(x, count);
      double took = seconds() - start;
      if (took < best) best = took;
    } while (seconds() < until);
    printf("{\"value\":%.6f}\n", count * sizeof(float) / best / 1e9);
  } else if (argc == 5 && !strcmp(argv[1], "matmul")) {
    int m = atoi(argv[2]), k = atoi(argv[3]), n = atoi(argv[4]);
    float *a = filled((size_t)m * k), *b = filled((size_t)k * n), *c = filled((size_t)m * n);
    until = seconds() + slice;
    do {
      double start = seconds();
      matmul(a, b, c, m, k, n);
      double took = seconds() - start;
      sink += c[0];
      if (took < best) best = took;
    } while (seconds() < until);
    printf("{\"value\":%.6f}\n", 2.0 * m * k * n / best / 1e9);
  } else {
    return 1;
  }
  return 0;
}
