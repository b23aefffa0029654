// What the kernels mean, in plain loops and double precision. Slow on purpose; tests compare every build with this.
#include "ckernels.h"

#include <math.h>

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

void ck_reference_gemm(const ck_gemm_args *args, const float *w, size_t ldw) {
    const size_t begin = args->panel_begin * CK_PANEL;
    const size_t limit = args->panel_end * CK_PANEL;
    const size_t end = limit < args->n ? limit : args->n;
    for (size_t i = 0; i < args->m; i++) {
        for (size_t j = begin; j < end; j++) {
            double y = row_product(args->a + i * args->lda, w + j * ldw, args->k);
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
                if (args->relative) score += args->relative[(ptrdiff_t)j - (ptrdiff_t)(args->first_query + i)];
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

void ck_reference_splade(const ck_splade_args *args, const float *w, size_t ldw) {
    for (size_t s = 0; s < args->sequences; s++) {
        const size_t begin = (size_t)args->offsets[s], end = (size_t)args->offsets[s + 1];
        for (size_t j = 0; j < args->n; j++) {
            double y = 0;
            for (size_t i = begin; i < end; i++) {
                double x = row_product(args->a + i * args->lda, w + j * ldw, args->k);
                if (args->bias) x += args->bias[j];
                x = ck_reference_activation(args->activation, x);
                y = args->sum ? y + x : fmax(y, x);
            }
            args->out[s * args->ldo + j] = (float)y;
        }
    }
}
