// Compares every kernel build that this machine can run with the plain loops, without Swift: for platforms that the Swift
// tests do not reach (scripts/test-arm cross-compiles it and runs it in an emulator). Exit code 0: all equal.
#include "ckernels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state = 1;

static float uniform(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)(int32_t)state * 0x1p-31f;
}

static float *values(size_t count) {
    float *x = malloc((count + 64) * sizeof(float));
    for (size_t i = 0; i < count + 64; i++) x[i] = uniform();
    return x;
}

static int failures = 0;

static void compare(const char *what, const float *got, const float *expected, size_t count, double tolerance) {
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        const double difference = fabs((double)got[i] - (double)expected[i]);
        if (!(difference <= worst)) worst = difference;
    }
    if (!(worst <= tolerance)) {
        printf("  %s: largest difference %g, allowed %g\n", what, worst, tolerance);
        failures++;
    }
}

static void test_gemm(const ck_kernels *kernels) {
    const size_t shapes[][2] = {{1, 1}, {7, 31}, {16, 32}, {65, 100}, {130, 61}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const size_t k = shapes[s][0], n = shapes[s][1], panels = (n + 31) / 32;
        float *w = values(n * k), *bias = values(panels * 32), *packed = calloc(panels * 32 * k, sizeof(float));
        ck_pack_rows(CK_FP32, w, k, n, k, NULL, packed, NULL, 0);
        for (size_t m = 1; m <= 40; m++) {
            float *a = values(m * k), *r = values(m * n), *got = values(m * n), *expected = values(m * n);
            float *alone = values(n);
            const ck_gemm_args args = {.a = {.rows = a, .stride = k * sizeof(float)}, .m = m, .k = k, .panels = packed, .bias = bias, .n = n,
                                       .panel_end = panels, .residual = r, .ldr = n, .c = got, .ldc = n,
                                       .activation = CK_GELU};
            kernels->gemm(&args);
            ck_gemm_args reference = args;
            reference.c = expected;
            ck_reference_gemm(&reference, NULL, w, k);
            compare("gemm", got, expected, m * n, 2e-5);
            ck_gemm_args last = args;
            last.a.rows = a + (m - 1) * k;
            last.residual = r + (m - 1) * n;
            last.m = 1;
            last.c = alone;
            kernels->gemm(&last);
            if (memcmp(alone, got + (m - 1) * n, n * sizeof(float)) != 0) {
                printf("  gemm: the last of %zu rows has other bits than alone\n", m);
                failures++;
            }
            free(a), free(r), free(got), free(expected), free(alone);
        }
        free(w), free(bias), free(packed);
    }
}

static void test_attention(const ck_kernels *kernels) {
    for (size_t d = 8; d <= 72; d += 8) {
        for (size_t keys = 1; keys < 70; keys += 4) {
            float *q = values(keys * d), *k = values(keys * d), *v = values(keys * d), *bias = values(2 * keys);
            float *got = values(keys * d), *expected = values(keys * d);
            float *scratch = values(ck_attention_scratch(keys, d) + 2 * d);
            ck_attention_args args = {.q = q, .ldq = d, .queries = keys, .k = k, .ldk = d, .v = v, .ldv = d,
                                      .keys = keys, .head_size = d, .scale = 0.3f, .relative = bias + keys - 1,
                                      .out = got, .ldo = d, .scratch = scratch};
            kernels->attention(&args);
            args.out = expected;
            ck_reference_attention(&args);
            compare("attention", got, expected, keys * d, 3e-6);
            free(q), free(k), free(v), free(bias), free(got), free(expected), free(scratch);
        }
    }
}

static void test_rows(const ck_kernels *kernels) {
    for (size_t n = 2; n < 100; n += 7) {
        float *x = values(3 * n), *gamma = values(n), *beta = values(n), *got = values(3 * n), *expected = values(3 * n);
        kernels->layer_norm(x, n, NULL, 0, gamma, beta, 1e-5f, got, n, 3, n, CK_FP32, NULL, NULL);
        ck_reference_layer_norm(x, n, NULL, 0, gamma, beta, 1e-5f, expected, n, 3, n);
        compare("layer norm", got, expected, 3 * n, 2e-5);
        for (int activation = 0; activation <= CK_HARD_SWISH; activation++) {
            for (size_t i = 0; i < n; i++) got[i] = x[i] * 8;
            for (size_t i = 0; i < n; i++) {
                expected[i] = (float)ck_reference_activation((ck_activation)activation, (double)got[i]);
            }
            kernels->activate((ck_activation)activation, got, n, 1, n);
            compare("activation", got, expected, n, 6e-6);
        }
        free(x), free(gamma), free(beta), free(got), free(expected);
    }
}

static void test_splade(const ck_kernels *kernels) {
    const int32_t offsets[] = {0, 3, 3, 4, 30, 43};
    const size_t k = 40, n = 77, panels = 3;
    float *a = values(43 * k), *w = values(n * k), *bias = values(panels * 32);
    float *packed = calloc(panels * 32 * k, sizeof(float)), *got = values(5 * n), *expected = values(5 * n);
    ck_pack_rows(w, k, n, k, packed, 0);
    for (int sum = 0; sum <= 1; sum++) {
        ck_splade_args args = {.a = a, .lda = k, .offsets = offsets, .sequences = 5, .k = k, .panels = packed,
                               .bias = bias, .n = n, .panel_end = panels, .activation = CK_LOG1P_RELU, .sum = sum,
                               .out = got, .ldo = n};
        kernels->splade(&args);
        args.out = expected;
        ck_reference_splade(&args, w, k);
        compare("splade", got, expected, 5 * n, 5e-5);
    }
    free(a), free(w), free(bias), free(packed), free(got), free(expected);
}

int main(void) {
    for (int variant = CK_PORTABLE; variant <= CK_AVX512; variant++) {
        const ck_kernels *kernels = ck_kernels_for((ck_variant)variant);
        if (!kernels) continue;
        printf("%s: %s\n", kernels->name, kernels->detail);
        const uint64_t mode = ck_float_mode_enter();
        test_gemm(kernels);
        test_attention(kernels);
        test_rows(kernels);
        test_splade(kernels);
        ck_float_mode_leave(mode);
    }
    printf(failures ? "%d comparisons failed\n" : "all equal\n", failures);
    return failures ? 1 : 0;
}
