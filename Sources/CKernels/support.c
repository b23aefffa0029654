// Packing, scratch sizes, the floating-point control word, the CPUs of this process.
#define _GNU_SOURCE
#include "ckernels.h"

#include <sched.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// The largest register tile of any build.
enum { LARGEST_TILE = 12 };

size_t ck_attention_scratch(size_t keys, size_t head_size) {
    const size_t padded = (keys + CK_PANEL - 1) / CK_PANEL * CK_PANEL;
    return padded * (head_size + LARGEST_TILE);
}

void ck_pack_rows(const float *w, size_t ldw, size_t rows, size_t k, float *panels, size_t row_begin) {
    for (size_t r = 0; r < rows; r++) {
        const size_t row = row_begin + r;
        float *column = panels + row / CK_PANEL * CK_PANEL * k + row % CK_PANEL;
        const float *source = w + r * ldw;
        for (size_t p = 0; p < k; p++) column[p * CK_PANEL] = source[p];
    }
}

void ck_unpack_rows(const float *panels, size_t row_begin, size_t rows, size_t k, float *w, size_t ldw) {
    for (size_t r = 0; r < rows; r++) {
        const size_t row = row_begin + r;
        const float *column = panels + row / CK_PANEL * CK_PANEL * k + row % CK_PANEL;
        float *target = w + r * ldw;
        for (size_t p = 0; p < k; p++) target[p] = column[p * CK_PANEL];
    }
}

uint64_t ck_float_mode_enter(void) {
#if defined(__x86_64__)
    const unsigned previous = _mm_getcsr();
    _mm_setcsr(previous | 0x8040);  // flush to zero, denormals are zero
    return previous;
#elif defined(__aarch64__)
    uint64_t previous;
    __asm__ volatile("mrs %0, fpcr" : "=r"(previous));
    __asm__ volatile("msr fpcr, %0" ::"r"(previous | 1ull << 24));  // FZ
    return previous;
#else
    return 0;
#endif
}

void ck_float_mode_leave(uint64_t previous) {
#if defined(__x86_64__)
    _mm_setcsr((unsigned)previous);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"(previous));
#else
    (void)previous;
#endif
}

void ck_spin_pause(void) {
#if defined(__x86_64__)
    _mm_pause();
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#endif
}

int ck_affinity_cpus(void) {
#if defined(__linux__)
    cpu_set_t mask;
    if (sched_getaffinity(0, sizeof mask, &mask) == 0 && CPU_COUNT(&mask) > 0) return CPU_COUNT(&mask);
#endif
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
