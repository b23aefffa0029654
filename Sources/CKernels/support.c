// Packing, scratch sizes, the floating-point control word, the CPUs of this process.
#define _GNU_SOURCE
#include "ckernels.h"
#include "quads.h"

#include <math.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

size_t ck_attention_scratch(size_t keys, size_t head_size) { return CK_PANEL * (head_size + keys + 1); }

size_t ck_weight_gradient_scratch(size_t columns) {
    // Panels of X, and of dY for GRADIENT_ROWS outputs, whose last tile may be smaller than the others.
    return CK_TOKEN_CHUNK * ((columns + CK_PANEL - 1) / CK_PANEL * CK_PANEL + 400);
}

size_t ck_attention_gradient_scratch(size_t tokens, size_t head_size) {
    const size_t width = (head_size + CK_PANEL - 1) / CK_PANEL * CK_PANEL;
    return CK_PANEL * (2 * head_size + 3 * tokens + 1 + 2 * width) + tokens * width;
}

size_t ck_panel_bytes(ck_precision precision, size_t k) {
    switch (precision) {
    case CK_BF16: return (k + 1) / 2 * 4 * CK_PANEL;
    case CK_INT8: return (k + 3) / 4 * 4 * CK_PANEL;
    case CK_FP32: break;
    }
    return k * 4 * CK_PANEL;
}

/// To the nearest bfloat16, ties to even.
static uint16_t to_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

static void pack_row_int8(const float *w, size_t k, const float *smooth, uint8_t *column, float *scale) {
    float largest = 0;
    for (size_t p = 0; p < k; p++) {
        const float x = fabsf(smooth ? w[p] * smooth[p] : w[p]);
        if (x > largest) largest = x;
    }
    *scale = largest / 127.0f;
    const float inverse = largest > 1e-30f ? 127.0f / largest : 0.0f;
    for (size_t p = 0; p < (k + 3) / 4 * 4; p++) {
        const float x = p < k ? (smooth ? w[p] * smooth[p] : w[p]) * inverse : 0.0f;
        column[p / 4 * 4 * CK_PANEL + p % 4] = (uint8_t)((int)lrintf(x) + 128);
    }
}

void ck_pack_rows(ck_precision precision, const float *w, size_t ldw, size_t rows, size_t k, const float *smooth,
                  void *panels, float *column_scale, size_t row_begin) {
    const size_t bytes = ck_panel_bytes(precision, k);
    for (size_t r = 0; r < rows; r++) {
        const size_t row = row_begin + r;
        const float *source = w + r * ldw;
        if (precision == CK_FP32 && !smooth && row % 4 == 0 && rows - r >= 4) {
            // Four rows of one panel together, which is how training packs its weights at each step.
            float *columns = (float *)panels + row / CK_PANEL * CK_PANEL * k + row % CK_PANEL;
            const size_t whole = k / 4 * 4;
            for (size_t p = 0; p < whole; p += 4) transpose_quads(source + p, ldw, columns + p * CK_PANEL, CK_PANEL);
            for (size_t p = whole; p < k; p++) {
                for (size_t i = 0; i < 4; i++) columns[p * CK_PANEL + i] = source[i * ldw + p];
            }
            r += 3;
            continue;
        }
        char *column = (char *)panels + row / CK_PANEL * bytes + row % CK_PANEL * 4;
        if (precision == CK_INT8) {
            pack_row_int8(source, k, smooth, (uint8_t *)column, column_scale + row);
            continue;
        }
        for (size_t p = 0; p < k; p++) {
            const float x = smooth ? source[p] * smooth[p] : source[p];
            if (precision == CK_BF16) {
                const uint16_t half = to_bf16(x);
                memcpy(column + p / 2 * 4 * CK_PANEL + p % 2 * 2, &half, sizeof half);
            } else {
                memcpy(column + p * 4 * CK_PANEL, &x, sizeof x);
            }
        }
    }
}

void ck_pack_columns(ck_precision precision, const float *w, size_t ldw, size_t rows, size_t n, size_t k, void *panels,
                     size_t row_begin, size_t panel_begin, size_t panel_end) {
    const size_t bytes = ck_panel_bytes(precision, k);
    for (size_t panel = panel_begin; panel < panel_end; panel++) {
        const size_t first = panel * CK_PANEL, columns = n - first < CK_PANEL ? n - first : CK_PANEL;
        char *target = (char *)panels + panel * bytes;
        if (precision == CK_FP32) {
            for (size_t r = 0; r < rows; r++) {
                memcpy(target + (row_begin + r) * 4 * CK_PANEL, w + r * ldw + first, columns * sizeof(float));
            }
            continue;
        }
        for (size_t r = 0; r < rows; r += 2) {
            const float *even = w + r * ldw + first, *odd = r + 1 < rows ? even + ldw : NULL;
            uint32_t pairs[CK_PANEL];
            for (size_t j = 0; j < columns; j++) pairs[j] = to_bf16(even[j]);
            if (odd) {
                for (size_t j = 0; j < columns; j++) pairs[j] |= (uint32_t)to_bf16(odd[j]) << 16;
            }
            memcpy(target + (row_begin + r) / 2 * 4 * CK_PANEL, pairs, columns * sizeof *pairs);
        }
    }
}

void ck_gather_rows(ck_row_storage storage, const void *table, const void *scales, const int32_t *ids, size_t rows,
                    size_t n, float *out) {
    for (size_t r = 0; r < rows; r++, out += n) {
        const size_t id = (size_t)ids[r];
        switch (storage) {
        case CK_ROWS_F32: memcpy(out, (const char *)table + id * n * 4, n * 4); break;
        case CK_ROWS_BF16: {
            const char *row = (const char *)table + id * n * 2;
            for (size_t i = 0; i < n; i++) {
                uint16_t half;
                memcpy(&half, row + 2 * i, sizeof half);
                const uint32_t bits = (uint32_t)half << 16;
                memcpy(out + i, &bits, sizeof bits);
            }
            break;
        }
        case CK_ROWS_INT8: {
            const int8_t *row = (const int8_t *)table + id * n;
            float scale;
            memcpy(&scale, (const char *)scales + id * 4, sizeof scale);
            for (size_t i = 0; i < n; i++) out[i] = (float)row[i] * scale;
            break;
        }
        }
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
