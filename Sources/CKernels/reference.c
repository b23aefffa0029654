// What the kernels mean, in plain loops and double precision. Slow on purpose; tests compare every build with this.
#include "ckernels.h"

#include <math.h>
#include <string.h>

double ck_reference_activation(ck_activation activation, double x) {
    switch (activation) {
    case CK_IDENTITY: return x;
    case CK_GELU: return 0.5 * x * erfc(-x / sqrt(2.0));
    case CK_GELU_TANH: return 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
    case CK_QUICK_GELU: return x / (1 + exp(-1.702 * x));
    case CK_RELU: return x > 0 ? x : 0;
    case CK_SILU: return x / (1 + exp(-x));
    case CK_TANH: return tanh(x);
    case CK_SIGMOID: return 1 / (1 + exp(-x));
    case CK_RELU_SQUARED: return x > 0 ? x * x : 0;
    case CK_RELU6: return x < 0 ? 0 : x > 6 ? 6 : x;
    case CK_LEAKY_RELU: return x < 0 ? 0.01 * x : x;
    case CK_MISH: return x * tanh(log1p(exp(x)));
    case CK_GELU_CLIPPED: {
        const double y = 0.5 * x * erfc(-x / sqrt(2.0));
        return y < -10 ? -10 : y > 10 ? 10 : y;
    }
    case CK_LOG1P_RELU: return log1p(x > 0 ? x : 0);
    case CK_LOG1P_LOG1P_RELU: return log1p(log1p(x > 0 ? x : 0));
    case CK_HARD_SWISH: return x * (x < -3 ? 0 : x > 3 ? 6 : x + 3) / 6;
    }
    return x;
}

static double row_product(const float *a, const float *w, size_t k) {
    double sum = 0;
    for (size_t p = 0; p < k; p++) sum += (double)a[p] * (double)w[p];
    return sum;
}

static float rounded_to_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static float largest_of(const float *x, const float *factor, bool divides, size_t k) {
    float largest = 0;
    for (size_t p = 0; p < k; p++) {
        const float y = fabsf(factor ? (divides ? x[p] / factor[p] : x[p] * factor[p]) : x[p]);
        if (!(y <= largest)) largest = y;
    }
    return largest;
}

/// The product of one row and one output in a precision: as the contracts say, over whole numbers for int8. What
/// `inverse_smooth` takes from an input is given to the weight.
static double product(ck_precision precision, const float *a, const float *inverse_smooth, const float *w, size_t k) {
    double sum = 0;
    if (precision == CK_FP32) return row_product(a, w, k);
    if (precision == CK_BF16) {
        for (size_t p = 0; p < k; p++) sum += (double)a[p] * (double)rounded_to_bf16(w[p]);
        return sum;
    }
    const float highest = largest_of(a, inverse_smooth, false, k), heaviest = largest_of(w, inverse_smooth, true, k);
    if (!(highest < INFINITY)) return NAN;
    const float input = highest > 1e-30f ? 127.0f / highest : 0.0f;
    const float weight = heaviest > 1e-30f ? 127.0f / heaviest : 0.0f;
    int64_t total = 0;
    for (size_t p = 0; p < k; p++) {
        const float x = inverse_smooth ? a[p] * inverse_smooth[p] : a[p];
        const float y = inverse_smooth ? w[p] / inverse_smooth[p] : w[p];
        total += (int64_t)lrintf(x * input) * (int64_t)lrintf(y * weight);
    }
    return (double)total * (double)(highest / 127.0f) * (double)(heaviest / 127.0f);
}

void ck_reference_gemm(const ck_gemm_args *args, const float *inverse_smooth, const float *w, size_t ldw) {
    const size_t begin = args->panel_begin * CK_PANEL;
    const size_t limit = args->panel_end * CK_PANEL;
    const size_t end = limit < args->n ? limit : args->n;
    for (size_t i = 0; i < args->m; i++) {
        const float *a = (const float *)(const void *)((const char *)args->a.rows + i * args->a.stride);
        for (size_t j = begin; j < end; j++) {
            double y = product(args->precision, a, inverse_smooth, w + j * ldw, args->k);
            if (args->bias) y += args->bias[j];
            if (args->residual) y += args->residual[i * args->ldr + j - begin];
            args->c[i * args->ldc + j - begin] = (float)ck_reference_activation(args->activation, y);
        }
    }
}

void ck_reference_attention(const ck_attention_args *args) {
    for (size_t i = 0; i < args->queries; i++) {
        double highest = -INFINITY, total = 0;
        for (int pass = 0; pass < 2; pass++) {
            // Pass 0 finds the highest score; pass 1 sums the outputs, in double in the caller's scratch.
            double *sums = (double *)(void *)args->scratch;
            for (size_t d = 0; d < args->head_size; d++) sums[d] = 0;
            for (size_t j = 0; j < args->keys; j++) {
                double score =
                    (double)args->scale * row_product(args->q + i * args->ldq, args->k + j * args->ldk, args->head_size);
                if (args->relative) score += args->relative[(ptrdiff_t)(args->first_query + i) - (ptrdiff_t)j];
                if (pass == 0) {
                    highest = fmax(highest, score);
                } else {
                    const double p = exp(score - highest);
                    total += p;
                    for (size_t d = 0; d < args->head_size; d++) sums[d] += p * (double)args->v[j * args->ldv + d];
                }
            }
            if (pass == 1) {
                for (size_t d = 0; d < args->head_size; d++) args->out[i * args->ldo + d] = (float)(sums[d] / total);
            }
        }
    }
}

void ck_reference_layer_norm(const float *x, size_t ldx, const float *residual, size_t ldr, const float *gamma,
                             const float *beta, float epsilon, float *y, size_t ldy, size_t rows, size_t n) {
    for (size_t r = 0; r < rows; r++) {
        double sum = 0, squares = 0;
        for (size_t j = 0; j < n; j++) sum += (double)x[r * ldx + j] + (residual ? (double)residual[r * ldr + j] : 0);
        const double mean = sum / (double)n;
        for (size_t j = 0; j < n; j++) {
            const double d = (double)x[r * ldx + j] + (residual ? (double)residual[r * ldr + j] : 0) - mean;
            squares += d * d;
        }
        const double inverse = 1 / sqrt(squares / (double)n + (double)epsilon);
        for (size_t j = 0; j < n; j++) {
            const double d = (double)x[r * ldx + j] + (residual ? (double)residual[r * ldr + j] : 0) - mean;
            y[r * ldy + j] = (float)(d * inverse * (double)gamma[j] + (double)beta[j]);
        }
    }
}

void ck_reference_splade(const ck_splade_args *args, const float *inverse_smooth, const float *w, size_t ldw) {
    for (size_t s = 0; s < args->sequences; s++) {
        const size_t begin = (size_t)args->offsets[s], end = (size_t)args->offsets[s + 1];
        for (size_t j = 0; j < args->n; j++) {
            double y = 0;
            for (size_t i = begin; i < end; i++) {
                const float *a = (const float *)(const void *)((const char *)args->a.rows + i * args->a.stride);
                double x = product(args->precision, a, inverse_smooth, w + j * ldw, args->k);
                if (args->bias) x += args->bias[j];
                x = ck_reference_activation(args->activation, x);
                y = args->sum ? y + x : fmax(y, x);
            }
            args->out[s * args->ldo + j] = (float)y;
        }
    }
}
