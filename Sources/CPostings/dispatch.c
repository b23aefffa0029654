// Picks one build a process, and fills the tables that the vector builds share.
#include "internal.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

cp_windows cp_window_tables;

static void fill_tables(void) {
    for (unsigned bits = 0; bits <= 32; bits++) {
        bool fits = true;
        for (unsigned i = 0; i < 16; i++) {
            const unsigned bit = i * bits, from = i < 8 ? bit : 0;
            fits = fits && bit % 8 + bits <= 32;
            for (unsigned byte = 0; byte < 4; byte++) {
                // Never behind the 64 bytes at hand: what is masked away may be anything.
                const unsigned at = bit / 8 + byte;
                cp_window_tables.bytes16[bits][4 * i + byte] = (uint8_t)(at < 64 ? at : 63);
            }
            cp_window_tables.shifts16[bits][i] = bit % 8;
            if (i >= 8) continue;
            const unsigned start = i < 4 ? 0 : bits / 2;
            for (unsigned byte = 0; byte < 4; byte++) {
                const unsigned at = from / 8 - start + byte;
                cp_window_tables.bytes8[bits][4 * i + byte] = (uint8_t)(at < 16 ? at : 15);
            }
            cp_window_tables.shifts8[bits][i] = bit % 8;
        }
        cp_window_tables.window_fits[bits] = fits;
    }
}

static const cp_kernels *best;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool runs(cp_variant variant) {
    switch (variant) {
    case CP_PORTABLE: return true;
#if defined(__x86_64__)
    case CP_AVX2: return __builtin_cpu_supports("avx2");
    case CP_AVX512:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi");
#endif
#if defined(__aarch64__)
    case CP_NEON: return true;
#endif
    default: return false;
    }
}

static const cp_kernels *table(cp_variant variant) {
    switch (variant) {
#if defined(__x86_64__)
    case CP_AVX2: return &cp_avx2;
    case CP_AVX512: return &cp_avx512;
#endif
#if defined(__aarch64__)
    case CP_NEON: return &cp_neon;
#endif
    default: return &cp_portable;
    }
}

static void choose(void) {
    fill_tables();
#if defined(__x86_64__)
    __builtin_cpu_init();
#endif
    const char *wish = getenv("NEEDLETAIL_CPU");
    const bool plain = wish && strcmp(wish, "portable") == 0, no512 = wish && strncmp(wish, "avx2", 4) == 0;
    best = &cp_portable;
    if (plain) return;
    static const cp_variant order[] = {CP_AVX512, CP_AVX2, CP_NEON};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (!runs(order[i]) || (no512 && order[i] == CP_AVX512)) continue;
        best = table(order[i]);
        return;
    }
}

const cp_kernels *cp_kernels_best(void) {
    pthread_once(&once, choose);
    return best;
}

const cp_kernels *cp_kernels_of(cp_variant variant) {
    pthread_once(&once, choose);
    return runs(variant) ? table(variant) : NULL;
}
