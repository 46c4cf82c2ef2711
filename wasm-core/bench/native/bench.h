/* A kernel in C that `npm run bench` compares the core with. main.c runs it once per line read from stdin. */
#ifndef COVEY_BENCH_H
#define COVEY_BENCH_H
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *name;
  /* Allocates and fills everything for n rows of d values; results go to *out, *out_bytes long (0: nothing to compare). */
  void (*setup)(int n, int d, void **out, size_t *out_bytes);
  void (*run)(void);
} kernel;

/* 64-byte aligned; ends the program when there is no memory. */
void *allocate(size_t bytes);
/* The generator of fill() in ../fill.ts: the same values, so that results can be compared bit for bit. */
float *filled_f32(size_t count, uint32_t seed);
int8_t *filled_i8(size_t count, uint32_t seed);
/* n rows of d values, row i filled from seed i. */
float **filled_rows(int n, int d);

extern const kernel read_kernel, peak_kernel, weighted_mean_kernel, median_kernel, trimmed_mean_kernel, gram_kernel,
    matmul_kernel, int8_sum_kernel;

#endif
