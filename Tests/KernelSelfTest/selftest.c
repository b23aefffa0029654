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

static void require(bool holds, const char *what, size_t m, size_t k) {
    if (holds) return;
    printf("  %s (M %zu, K %zu)\n", what, m, k);
    failures++;
}

static const char *const precision_names[] = {"float32", "bfloat16", "int8"};

/// Packed weights with what they were made of.
typedef struct {
    ck_precision precision;
    size_t n, k, panels;
    float *w, *bias, *column_scale;
    void *packed;
} weights;

static weights make_weights(ck_precision precision, size_t n, size_t k) {
    weights w = {.precision = precision, .n = n, .k = k, .panels = (n + 31) / 32, .w = values(n * k)};
    w.bias = values(w.panels * 32);
    w.column_scale = calloc(w.panels * 32, sizeof(float));
    w.packed = calloc(w.panels, ck_panel_bytes(precision, k));
    ck_pack_rows(precision, w.w, k, n, k, NULL, w.packed, w.column_scale, 0);
    return w;
}

static void free_weights(weights w) { free(w.w), free(w.bias), free(w.column_scale), free(w.packed); }

/// The operand of x [rows][k] for a product; `release` frees what it owns.
static ck_operand make_operand(const ck_kernels *kernels, ck_precision precision, float *x, size_t rows, size_t k) {
    const size_t stride = kernels->operand_stride(precision, k);
    if (stride == 0) return (ck_operand){.rows = x, .stride = k * sizeof(float)};
    ck_operand operand = {.rows = malloc(rows * stride), .stride = stride};
    operand.scale = malloc(rows * sizeof(float));
    operand.start = malloc(rows * sizeof(int32_t));
    kernels->prepare(precision, x, k, rows, k, NULL, &operand);
    return operand;
}

static void release(ck_operand operand, const float *x) {
    if (operand.rows != x) free(operand.rows), free(operand.scale), free(operand.start);
}

/// Rounding of inputs where the CPU multiplies bfloat16 (2^-9 of each); GELU by its short polynomial.
static double tolerance(const ck_kernels *kernels, ck_precision precision, ck_activation activation, size_t k) {
    const bool rounds = precision == CK_BF16 && kernels->operand_stride(CK_BF16, k) != 0;
    const double product = (rounds ? 4e-3 : precision == CK_FP32 ? 2e-6 : 3e-6) * sqrt((double)k) + 1e-6;
    return product + (precision != CK_FP32 && activation == CK_GELU ? 2e-4 : 0);
}

/// All row counts over odd sizes against the plain loops; the last row alone and in the batch bit by bit.
static void test_gemm(const ck_kernels *kernels, ck_precision precision) {
    const size_t shapes[][2] = {{1, 1}, {3, 5}, {6, 33}, {7, 31}, {16, 32}, {65, 100}, {130, 61}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const size_t k = shapes[s][0], n = shapes[s][1];
        const weights w = make_weights(precision, n, k);
        for (size_t m = 1; m <= 40; m++) {
            const ck_activation activation = m % 2 ? CK_GELU : CK_IDENTITY;
            float *a = values(m * k), *r = values(m * n), *got = values(m * n), *expected = values(m * n);
            float *alone = values(n);
            const ck_operand operand = make_operand(kernels, precision, a, m, k);
            const ck_gemm_args args = {.precision = precision, .a = operand, .m = m, .k = k, .panels = w.packed,
                                       .column_scale = precision == CK_INT8 ? w.column_scale : NULL, .bias = w.bias,
                                       .n = n, .panel_end = w.panels, .residual = r, .ldr = n, .c = got, .ldc = n,
                                       .activation = activation};
            kernels->gemm(&args);
            ck_gemm_args reference = args;
            reference.a = (ck_operand){.rows = a, .stride = k * sizeof(float)};
            reference.c = expected;
            ck_reference_gemm(&reference, NULL, w.w, k);
            compare(precision_names[precision], got, expected, m * n, tolerance(kernels, precision, activation, k));
            ck_gemm_args last = args;
            last.a = make_operand(kernels, precision, a + (m - 1) * k, 1, k);
            last.residual = r + (m - 1) * n;
            last.m = 1;
            last.c = alone;
            kernels->gemm(&last);
            require(memcmp(alone, got + (m - 1) * n, n * sizeof(float)) == 0,
                    "the last row has other bits than alone", m, k);
            release(last.a, a + (m - 1) * k);
            release(operand, a);
            free(a), free(r), free(got), free(expected), free(alone);
        }
        free_weights(w);
    }
}

/// Whole numbers up to 127 in inputs and weights are their own steps: sums must come out exactly, also the largest.
static void test_int8_is_exact(const ck_kernels *kernels) {
    for (size_t k = 1; k <= 600; k = k * 3 + 2) {
        const size_t n = 35, m = 13, panels = 2;
        float *x = values(m * k), *w = values(n * k), *got = values(m * n);
        for (size_t i = 0; i < m * k; i++) x[i] = i % k == 0 ? 127 : roundf(x[i] * 127);
        for (size_t i = 0; i < n * k; i++) w[i] = i % k == 0 ? -127 : roundf(w[i] * 127);
        // The corners: all as large as can be, of like and of unlike signs.
        for (size_t p = 0; p < k; p++) x[p] = 127, x[k + p] = -127, w[p] = 127, w[k + p] = -127;
        void *packed = calloc(panels, ck_panel_bytes(CK_INT8, k));
        float *scale = calloc(panels * 32, sizeof(float));
        ck_pack_rows(CK_INT8, w, k, n, k, NULL, packed, scale, 0);
        const ck_operand operand = make_operand(kernels, CK_INT8, x, m, k);
        const ck_gemm_args args = {.precision = CK_INT8, .a = operand, .m = m, .k = k, .panels = packed,
                                   .column_scale = scale, .n = n, .panel_end = panels, .c = got, .ldc = n};
        kernels->gemm(&args);
        for (size_t i = 0; i < m; i++) {
            for (size_t j = 0; j < n; j++) {
                int32_t sum = 0;
                for (size_t p = 0; p < k; p++) sum += (int32_t)x[i * k + p] * (int32_t)w[j * k + p];
                require(got[i * n + j] == (float)sum * operand.scale[i] * scale[j], "int8 sum is not exact", i, k);
            }
        }
        release(operand, x);
        free(x), free(w), free(got), free(packed), free(scale);
    }
}

/// A row with a NaN or an infinity gives NaN in all outputs and leaves its neighbours alone; a row of zeros gives the bias.
static void test_rows_that_are_not_finite(const ck_kernels *kernels, ck_precision precision) {
    for (size_t k = 1; k <= 64; k = k * 2 + 1) {
        const size_t n = 33, m = 5;
        const weights w = make_weights(precision, n, k);
        float *x = values(m * k), *got = values(m * n);
        x[k - 1] = NAN;
        x[k + k / 2] = precision == CK_INT8 ? -INFINITY : NAN;
        for (size_t p = 0; p < k; p++) x[3 * k + p] = 0;
        const ck_operand operand = make_operand(kernels, precision, x, m, k);
        const ck_gemm_args args = {.precision = precision, .a = operand, .m = m, .k = k, .panels = w.packed,
                                   .column_scale = precision == CK_INT8 ? w.column_scale : NULL, .bias = w.bias,
                                   .n = n, .panel_end = w.panels, .c = got, .ldc = n};
        kernels->gemm(&args);
        for (size_t j = 0; j < n; j++) {
            require(isnan(got[j]) && isnan(got[n + j]), "a row that is not finite gives a number", m, k);
            require(isfinite(got[2 * n + j]) && isfinite(got[4 * n + j]), "a NaN left its row", m, k);
            require(got[3 * n + j] == w.bias[j], "zeros do not give the bias", m, k);
        }
        release(operand, x);
        free(x), free(got);
        free_weights(w);
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
            got[n - 1] = NAN;
            kernels->activate((ck_activation)activation, got, n, 1, n);
            require(isnan(got[n - 1]), "an activation lost a NaN", 1, n);
        }
        free(x), free(gamma), free(beta), free(got), free(expected);
    }
}

static void test_splade(const ck_kernels *kernels, ck_precision precision) {
    const int32_t offsets[] = {0, 3, 3, 4, 30, 43};
    const size_t rows = 43, k = 41, n = 77;
    const weights w = make_weights(precision, n, k);
    float *a = values(rows * k), *got = values(5 * n), *expected = values(5 * n);
    const ck_operand operand = make_operand(kernels, precision, a, rows, k);
    for (int sum = 0; sum <= 1; sum++) {
        ck_splade_args args = {.precision = precision, .a = operand, .offsets = offsets, .sequences = 5, .k = k,
                               .panels = w.packed, .column_scale = precision == CK_INT8 ? w.column_scale : NULL,
                               .bias = w.bias, .n = n, .panel_end = w.panels, .activation = CK_LOG1P_RELU, .sum = sum,
                               .out = got, .ldo = n};
        kernels->splade(&args);
        args.a = (ck_operand){.rows = a, .stride = k * sizeof(float)};
        args.out = expected;
        ck_reference_splade(&args, NULL, w.w, k);
        // A sum runs over up to 26 tokens.
        compare("splade", got, expected, 5 * n, tolerance(kernels, precision, CK_IDENTITY, k) * (sum ? 26 : 1));
    }
    release(operand, a);
    free(a), free(got), free(expected);
    free_weights(w);
}

/// Integers exact, float32 within rounding, listed rows and rows in order with the same bits.
static void test_distances(const ck_kernels *kernels) {
    static const size_t sizes[] = {1, 3, 8, 15, 17, 63, 64, 65, 130, 384, 385, 1000, 4099, 16000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t n = sizes[s], rows = 9, count = 21;
        const size_t stride = (n + CK_CODE_ALIGNMENT - 1) / CK_CODE_ALIGNMENT * CK_CODE_ALIGNMENT;
        uint32_t ids[21];
        for (size_t i = 0; i < count; i++) ids[i] = (uint32_t)(i * 5 % rows);
        float *query = values(n), *table = values(rows * n), *got = values(count), *ordered = values(count);
        int8_t *bytes = calloc(stride, 1);
        uint8_t *codes = malloc(rows * stride);
        int32_t *integers = malloc(count * sizeof(int32_t)), sum = 0;
        for (size_t i = 0; i < rows * stride; i++) codes[i] = (uint8_t)(uniform() * 128 + 128);
        for (size_t i = 0; i < n; i++) bytes[i] = (int8_t)(uniform() * 127.99f), sum += bytes[i];
        if (n == 16000) {
            memset(bytes, -128, n), memset(codes, 0, stride), memset(codes + stride, 255, stride);
            sum = -128 * (int32_t)n;
        }
        const ck_row_list listed = {.rows = table, .stride = n * sizeof(float), .ids = ids, .count = count};
        const ck_row_list order = {.rows = (char *)table + n * sizeof(float), .stride = n * sizeof(float), .first = 1, .count = 7};
        const ck_row_list coded = {.rows = codes, .stride = stride, .ids = ids, .count = count};
        for (int comparison = CK_PRODUCT; comparison <= CK_LARGEST; comparison++) {
            kernels->distances.floats((ck_comparison)comparison, query, &listed, n, got);
            for (size_t i = 0; i < count; i++) {
                const float expected = (float)ck_reference_floats((ck_comparison)comparison, query, table + ids[i] * n, n);
                compare("distances of floats", got + i, &expected, 1, comparison == CK_LARGEST ? 1e-6 : 2e-6 * sqrt((double)n) + 1e-6 * fabs(expected));
            }
            kernels->distances.floats((ck_comparison)comparison, query, &order, n, ordered);
            for (size_t i = 0; i < count; i++) {
                if (ids[i] >= 2) require(memcmp(ordered + ids[i] - 2, got + i, 4) == 0, "order changes a distance", i, n);
            }
            kernels->distances.bytes((ck_comparison)comparison, bytes, &coded, n, integers);
            for (size_t i = 0; i < count; i++) {
                const int64_t expected = ck_reference_bytes((ck_comparison)comparison, bytes, codes + ids[i] * stride, n);
                require(integers[i] == expected, "distances of bytes", (size_t)comparison, n);
            }
        }
        const ck_code_query coding = {.query = bytes, .query_sum = sum, .base = 0.5f, .weight = -1e-4f, .error_weight = 0.25f,
                                      .scales = table, .norms = table + 1, .errors = table};
        for (int parts = 0; parts < 4; parts++) {
            ck_code_query part = coding;
            if (!(parts & 1)) part.norms = NULL;
            if (!(parts & 2)) part.errors = NULL;
            float *single = values(1);
            kernels->distances.codes(&part, &coded, got);
            for (size_t i = 0; i < count; i++) {
                const float expected = (float)ck_reference_codes(&part, codes, stride, ids[i]);
                compare("distances of codes", got + i, &expected, 1, 1e-6 + 1e-6 * fabs(expected));
                const ck_row_list one = {.rows = codes, .stride = stride, .first = ids[i], .count = 1};
                kernels->distances.codes(&part, &one, single);
                require(memcmp(single, got + i, 4) == 0, "order changes a coded distance", i, n);
            }
            free(single);
        }
        kernels->distances.bits((const uint8_t *)bytes, &coded, stride, integers);
        for (size_t i = 0; i < count; i++) {
            require(integers[i] == ck_reference_bits((const uint8_t *)bytes, codes + ids[i] * stride, stride), "distances of bits", i, n);
        }
        free(query), free(table), free(got), free(ordered), free(bytes), free(codes), free(integers);
    }
}

static void test_weight_gradient(const ck_kernels *kernels, ck_precision precision) {
    // Products of bfloat16 are of rounded inputs, everywhere else of the inputs.
    const bool rounds = precision == CK_BF16 && (kernels->variant == CK_AVX512_BF16 || kernels->variant == CK_NEON_BF16);
    for (size_t tokens = 1; tokens < 600; tokens = tokens * 3 + 1) {
        for (size_t n = 1; n < 60; n += 19) {
            const size_t k = n + 14;
            float *dy = values(tokens * n), *x = values(tokens * k), *got = calloc(n * k, 4), *expected = calloc(n * k, 4);
            float *scratch = values(ck_weight_gradient_scratch(k));
            ck_weight_gradient_args args = {.precision = precision, .dy = dy, .lddy = n, .x = x, .ldx = k, .tokens = tokens,
                                            .row_end = n, .column_end = k, .gradient = got, .ldg = k, .scratch = scratch};
            kernels->training.weight_gradient(&args);
            args.gradient = expected;
            args.precision = rounds ? CK_BF16 : CK_FP32;
            ck_reference_weight_gradient(&args);
            compare("gradient of weights", got, expected, n * k, 1e-6 * sqrt((double)tokens + 4));
            free(dy), free(x), free(got), free(expected), free(scratch);
        }
    }
}

static void test_attention_gradient(const ck_kernels *kernels) {
    for (size_t d = 8; d <= 72; d += 16) {
        for (size_t tokens = 1; tokens < 70; tokens += 6) {
            const size_t count = tokens * d;
            const ck_attention_dropout dropout = {{.seed = 7, .step = 3, .site = 2, .rate = 0.2f}, 50, 4};
            float *q = values(count), *k = values(count), *v = values(count), *dout = values(count), *bias = values(2 * tokens);
            float *got = calloc(3 * count + 2 * tokens, 4), *expected = calloc(3 * count + 2 * tokens, 4);
            float *scratch = values(ck_attention_gradient_scratch(tokens, d));
            ck_attention_gradient_args args = {.q = q, .ldq = d, .k = k, .ldk = d, .v = v, .ldv = d, .dout = dout, .lddo = d,
                                               .tokens = tokens, .head_size = d, .scale = 0.3f, .relative = bias + tokens - 1,
                                               .dropout = &dropout, .lddq = d, .lddk = d, .lddv = d, .scratch = scratch};
            args.dq = got, args.dk = got + count, args.dv = got + 2 * count, args.drelative = got + 3 * count + tokens - 1;
            kernels->training.attention_gradient(&args);
            args.dq = expected, args.dk = expected + count, args.dv = expected + 2 * count;
            args.drelative = expected + 3 * count + tokens - 1;
            ck_reference_attention_gradient(&args);
            compare("gradient of attention", got, expected, 3 * count + 2 * tokens, 1e-5);
            free(q), free(k), free(v), free(dout), free(bias), free(got), free(expected), free(scratch);
        }
    }
}

static void test_training_rows(const ck_kernels *kernels) {
    for (size_t n = 3; n < 150; n += 9) {
        enum { ROWS = 4 };
        const size_t count = ROWS * n;
        float *x = values(count), *dy = values(count), *gamma = values(n), *beta = values(n), *got = values(count);
        float *expected = values(count), statistics[2 * ROWS];
        double *exact = calloc(count + 2 * n, sizeof(double));
        kernels->training.layer_norm(x, n, gamma, beta, 1e-5f, got, n, statistics, 2, ROWS, n);
        ck_reference_layer_norm(x, n, NULL, 0, gamma, beta, 1e-5f, expected, n, ROWS, n);
        compare("layer norm with statistics", got, expected, count, 2e-5);
        kernels->training.layer_norm_gradient(dy, n, x, n, statistics, 2, gamma, got, n, ROWS, n);
        ck_reference_layer_norm_gradient(dy, n, x, n, gamma, 1e-5f, exact, exact + count, exact + count + n, ROWS, n);
        for (size_t i = 0; i < count; i++) expected[i] = (float)exact[i];
        compare("gradient of layer norm", got, expected, count, 1e-4);
        for (int activation = 0; activation <= CK_HARD_SWISH; activation++) {
            for (size_t i = 0; i < n; i++) {
                expected[i] = (float)(ck_reference_activation_slope(activation, (double)x[i] * 8) * (double)dy[i]);
                got[i] = x[i] * 8;
            }
            kernels->training.activation_gradient(activation, got, n, dy, n, got, n, 1, n);
            compare("slope", got, expected, n, 6e-6);
        }
        const ck_dropout dropout = {.seed = 0x123456789abcdefull, .step = 9, .site = 1, .rate = 0.25f};
        kernels->training.drop_out(&dropout, 17, x, n, NULL, 0, got, n, ROWS, n);
        for (size_t i = 0; i < count; i++) {
            expected[i] = x[i] * (float)ck_reference_dropout(&dropout, 17 + (uint32_t)(i / n), i % n);
        }
        compare("dropout", got, expected, count, 1e-6);
        const ck_adamw step = {.rate = 0.01, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .decay = 0.1, .step = 1, .gradient_scale = 0.5};
        float *first = calloc(n, 4), *second = calloc(n, 4);
        double *moments = calloc(2 * n, sizeof(double));
        for (size_t i = 0; i < n; i++) exact[i] = (double)x[i];
        kernels->training.adamw(&step, x, dy, first, second, n);
        ck_reference_adamw(&step, exact, dy, moments, moments + n, n);
        for (size_t i = 0; i < n; i++) expected[i] = (float)exact[i];
        compare("AdamW", x, expected, n, 1e-6);
        free(x), free(dy), free(gamma), free(beta), free(got), free(expected), free(exact), free(first), free(second), free(moments);
    }
}

int main(void) {
    int tested = 0;
    printf("chosen here: %s\n", ck_active()->name);
    for (int variant = CK_PORTABLE; variant <= CK_NEON_BF16; variant++) {
        const ck_kernels *kernels = ck_kernels_for((ck_variant)variant);
        if (!kernels) continue;
        tested++;
        printf("%s: %s\n", kernels->name, kernels->detail);
        const uint64_t mode = ck_float_mode_enter();
        for (int precision = CK_FP32; precision <= CK_INT8; precision++) {
            test_gemm(kernels, (ck_precision)precision);
            test_rows_that_are_not_finite(kernels, (ck_precision)precision);
            test_splade(kernels, (ck_precision)precision);
        }
        test_int8_is_exact(kernels);
        test_attention(kernels);
        test_rows(kernels);
        test_distances(kernels);
        test_weight_gradient(kernels, CK_FP32);
        test_weight_gradient(kernels, CK_BF16);
        test_attention_gradient(kernels);
        test_training_rows(kernels);
        ck_float_mode_leave(mode);
    }
    printf(failures ? "%d comparisons failed\n" : "all equal in %d builds\n", failures ? failures : tested);
    return failures ? 1 : 0;
}
