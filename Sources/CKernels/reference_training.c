// What the kernels of training mean, in plain loops and double precision. Slow on purpose; tests compare every build with this.
#include "ckernels.h"

#include <math.h>
#include <string.h>

void ck_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]}, k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const uint64_t a = (uint64_t)c[0] * 0xd2511f53u, b = (uint64_t)c[2] * 0xcd9e8d57u;
        const uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ k0, (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k1,
                                  (uint32_t)a};
        memcpy(c, next, sizeof c);
        k0 += 0x9e3779b9u;
        k1 += 0xbb67ae85u;
    }
    memcpy(out, c, sizeof c);
}

static double drawn_factor(const ck_dropout *dropout, uint32_t block, uint32_t row, size_t word) {
    const uint32_t counter[4] = {block, row, dropout->site, dropout->step};
    const uint32_t key[2] = {(uint32_t)dropout->seed, (uint32_t)(dropout->seed >> 32)};
    uint32_t words[4];
    ck_philox(counter, key, words);
    return (double)words[word] < floor((double)dropout->rate * 4294967296.0) ? 0 : 1 / (1 - (double)dropout->rate);
}

double ck_reference_dropout(const ck_dropout *dropout, uint32_t row, size_t column) {
    return drawn_factor(dropout, (uint32_t)(column / 64 * 16 + column % 16), row, column % 64 / 16);
}

double ck_reference_attention_dropout(const ck_attention_dropout *dropout, size_t query, size_t key) {
    return drawn_factor(&dropout->numbers, (dropout->head << 16) + (uint32_t)(key / 4),
                        dropout->first_row + (uint32_t)query, key % 4);
}

static float rounded_to_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff0000u;
    memcpy(&x, &bits, sizeof x);
    return x;
}

void ck_reference_weight_gradient(const ck_weight_gradient_args *args) {
    for (size_t n = args->row_begin; n < args->row_end; n++) {
        for (size_t k = args->column_begin; k < args->column_end; k++) {
            double sum = args->gradient[n * args->ldg + k];
            for (size_t t = 0; t < args->tokens; t++) {
                float dy = args->dy[t * args->lddy + n], x = args->x[t * args->ldx + k];
                if (args->precision == CK_BF16) {
                    dy = rounded_to_bf16(dy);
                    x = rounded_to_bf16(x);
                }
                sum += (double)dy * (double)x;
            }
            args->gradient[n * args->ldg + k] = (float)sum;
        }
    }
}

static double row_product(const float *a, const float *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

/// Score of a query and a key.
static double score(const ck_attention_gradient_args *args, size_t query, size_t key) {
    double s = (double)args->scale * row_product(args->q + query * args->ldq, args->k + key * args->ldk, args->head_size);
    if (args->relative) s += (double)args->relative[(ptrdiff_t)query - (ptrdiff_t)key];
    return s;
}

void ck_reference_attention_gradient(const ck_attention_gradient_args *args) {
    const size_t d = args->head_size;
    for (size_t row = 0; row < args->tokens; row++) {
        for (size_t c = 0; c < d; c++) {
            args->dq[row * args->lddq + c] = args->dk[row * args->lddk + c] = args->dv[row * args->lddv + c] = 0;
        }
    }
    for (size_t i = 0; i < args->tokens; i++) {
        const float *dout = args->dout + i * args->lddo;
        double highest = -INFINITY, total = 0, product = 0;
        for (size_t j = 0; j < args->tokens; j++) highest = fmax(highest, score(args, i, j));
        for (size_t j = 0; j < args->tokens; j++) total += exp(score(args, i, j) - highest);
        // First what all keys of the query have in common, then what each gives.
        for (int pass = 0; pass < 2; pass++) {
            for (size_t j = 0; j < args->tokens; j++) {
                const double p = exp(score(args, i, j) - highest) / total;
                const double factor = args->dropout ? ck_reference_attention_dropout(args->dropout, i, j) : 1;
                const double dp = factor * row_product(dout, args->v + j * args->ldv, d);
                if (pass == 0) {
                    product += p * dp;
                    continue;
                }
                const double ds = p * (dp - product), scaled = (double)args->scale * ds;
                if (args->drelative) args->drelative[(ptrdiff_t)i - (ptrdiff_t)j] += (float)ds;
                for (size_t c = 0; c < d; c++) {
                    args->dq[i * args->lddq + c] += (float)(scaled * (double)args->k[j * args->ldk + c]);
                    args->dk[j * args->lddk + c] += (float)(scaled * (double)args->q[i * args->ldq + c]);
                    args->dv[j * args->lddv + c] += (float)(p * factor * (double)dout[c]);
                }
            }
        }
    }
}

void ck_reference_layer_norm_gradient(const float *dy, size_t lddy, const float *x, size_t ldx, const float *gamma,
                                      float epsilon, double *dx, double *dgamma, double *dbeta, size_t rows, size_t n) {
    for (size_t r = 0; r < rows; r++) {
        const float *in = x + r * ldx, *up = dy + r * lddy;
        double mean = 0, variance = 0, sum = 0, product = 0;
        for (size_t j = 0; j < n; j++) mean += (double)in[j] / (double)n;
        for (size_t j = 0; j < n; j++) variance += ((double)in[j] - mean) * ((double)in[j] - mean) / (double)n;
        const double inverse = 1 / sqrt(variance + (double)epsilon);
        for (size_t j = 0; j < n; j++) {
            const double g = (double)up[j] * (double)gamma[j], normal = ((double)in[j] - mean) * inverse;
            sum += g / (double)n;
            product += g * normal / (double)n;
            dgamma[j] += (double)up[j] * normal;
            dbeta[j] += (double)up[j];
        }
        for (size_t j = 0; j < n; j++) {
            const double g = (double)up[j] * (double)gamma[j], normal = ((double)in[j] - mean) * inverse;
            dx[r * n + j] = inverse * (g - sum - normal * product);
        }
    }
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }

static double gelu_slope(double x) { return 0.5 * erfc(-x / sqrt(2.0)) + x * exp(-x * x / 2) / sqrt(2 * M_PI); }

double ck_reference_activation_slope(int activation, double x) {
    switch ((ck_activation)activation) {
    case CK_IDENTITY: return 1;
    case CK_GELU: return gelu_slope(x);
    case CK_GELU_TANH: {
        const double c = sqrt(2 / M_PI), u = c * (x + 0.044715 * x * x * x), t = tanh(u);
        return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x);
    }
    case CK_QUICK_GELU: {
        const double s = sigmoid(1.702 * x);
        return s + 1.702 * x * s * (1 - s);
    }
    case CK_RELU: return x > 0;
    case CK_SILU: {
        const double s = sigmoid(x);
        return s + x * s * (1 - s);
    }
    case CK_TANH: return 1 / (cosh(x) * cosh(x));
    case CK_SIGMOID: return sigmoid(x) * sigmoid(-x);
    case CK_RELU_SQUARED: return x > 0 ? 2 * x : 0;
    case CK_RELU6: return x > 0 && x < 6;
    case CK_LEAKY_RELU: return x > 0 ? 1 : 0.01;
    case CK_MISH: {
        const double t = tanh(log1p(exp(x)));
        return t + x * (1 - t * t) * sigmoid(x);
    }
    case CK_GELU_CLIPPED: return x > 10 ? 0 : gelu_slope(x);
    case CK_LOG1P_RELU: return x > 0 ? 1 / (1 + x) : 0;
    case CK_LOG1P_LOG1P_RELU: return x > 0 ? 1 / ((1 + x) * (1 + log1p(x))) : 0;
    case CK_HARD_SWISH: return x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5;
    }
    return 1;
}

void ck_reference_adamw(const ck_adamw *args, double *values, const float *gradients, double *first, double *second,
                        size_t count) {
    const double step = (double)args->step;
    const double correction1 = 1 - pow(args->beta1, step), correction2 = 1 - pow(args->beta2, step);
    for (size_t i = 0; i < count; i++) {
        const double g = (double)gradients[i] * args->gradient_scale;
        values[i] *= 1 - args->rate * args->decay;
        first[i] += (1 - args->beta1) * (g - first[i]);
        second[i] = second[i] * args->beta2 + (1 - args->beta2) * g * g;
        values[i] -= args->rate / correction1 * first[i] / (sqrt(second[i] / correction2) + args->epsilon);
    }
}
