// Picks one build of the learned-sparse kernels a process.
#include "sparse_internal.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const cs_kernels *best;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void) {
    best = &cs_portable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    const char *wish = getenv("NEEDLETAIL_CPU");
    if (wish && (strcmp(wish, "portable") == 0 || strncmp(wish, "avx2", 4) == 0)) return;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi2")) {
        best = &cs_avx512;
    }
#endif
}

const cs_kernels *cs_kernels_best(void) {
    pthread_once(&once, choose);
    return best;
}
