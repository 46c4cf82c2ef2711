/* native KERNEL N D: sets up, then for each line on stdin runs the kernel once and prints the seconds it took;
 * a line "hash" prints the FNV-1a of the result instead. */
#include "bench.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const kernel *const kernels[] = {&read_kernel, &peak_kernel, &weighted_mean_kernel, &median_kernel,
                                        &trimmed_mean_kernel, &gram_kernel, &matmul_kernel, &int8_sum_kernel};

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

void *allocate(size_t bytes) {
  void *at = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!at) exit(2);
  memset(at, 0, bytes);
  return at;
}

static uint32_t next(uint32_t *state) { return *state = *state * 1664525u + 1013904223u; }

float *filled_f32(size_t count, uint32_t seed) {
  float *values = allocate(count * sizeof(float));
  uint32_t state = seed * 2654435761u + 1;
  for (size_t i = 0; i < count; i++) values[i] = (float)((double)(int32_t)next(&state) / 2147483648.0);
  return values;
}

int8_t *filled_i8(size_t count, uint32_t seed) {
  int8_t *values = allocate(count);
  uint32_t state = seed * 2654435761u + 1;
  for (size_t i = 0; i < count; i++) {
    int8_t value = (int8_t)(next(&state) >> 24);
    values[i] = value == -128 ? 0 : value;
  }
  return values;
}

float **filled_rows(int n, int d) {
  float **rows = allocate(n * sizeof(float *));
  for (int i = 0; i < n; i++) rows[i] = filled_f32(d, i);
  return rows;
}

int main(int argc, char **argv) {
  if (argc != 4) return 1;
  for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
    if (strcmp(kernels[k]->name, argv[1])) continue;
    void *out = NULL;
    size_t bytes = 0;
    kernels[k]->setup(atoi(argv[2]), atoi(argv[3]), &out, &bytes);
    char line[16];
    while (fgets(line, sizeof line, stdin)) {
      if (!strcmp(line, "hash\n")) {
        uint32_t hash = 2166136261u;
        for (size_t i = 0; i < bytes; i++) hash = (hash ^ ((const uint8_t *)out)[i]) * 16777619u;
        printf("%u\n", hash);
      } else {
        double start = seconds();
        kernels[k]->run();
        printf("%.9f\n", seconds() - start);
      }
      fflush(stdout);
    }
    return 0;
  }
  return 1;
}
