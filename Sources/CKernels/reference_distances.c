// Plain loops for the distances: the meaning of the kernels, for tests.
#include "ckernels.h"

#include <math.h>

double ck_reference_floats(ck_comparison comparison, const float *query, const float *row, size_t n) {
    double result = 0;
    for (size_t i = 0; i < n; i++) {
        const double x = query[i], y = row[i], size = fabs(x - y);
        switch (comparison) {
        case CK_PRODUCT: result += x * y; break;
        case CK_SQUARES: result += size * size; break;
        case CK_ABSOLUTE: result += size; break;
        case CK_LARGEST: result = size > result ? size : result; break;
        }
    }
    return result;
}

int64_t ck_reference_bytes(ck_comparison comparison, const int8_t *query, const uint8_t *row, size_t n) {
    int64_t result = 0;
    for (size_t i = 0; i < n; i++) {
        const int64_t x = query[i], y = (int64_t)row[i] - 128, size = x < y ? y - x : x - y;
        switch (comparison) {
        case CK_PRODUCT: result += x * y; break;
        case CK_SQUARES: result += size * size; break;
        case CK_ABSOLUTE: result += size; break;
        case CK_LARGEST: result = size > result ? size : result; break;
        }
    }
    return result;
}

double ck_reference_codes(const ck_code_query *query, const uint8_t *codes, size_t stride, size_t row) {
    const int64_t product = ck_reference_bytes(CK_PRODUCT, query->query, codes + row * stride, stride);
    double result = (double)query->base + (double)query->weight * (double)query->scales[row] * (double)product;
    if (query->norms) result += (double)query->norms[row] * (double)query->norms[row];
    if (query->errors) result -= (double)query->error_weight * (double)query->errors[row];
    return result;
}

int64_t ck_reference_bits(const uint8_t *query, const uint8_t *row, size_t n) {
    int64_t result = 0;
    for (size_t i = 0; i < n; i++) {
        for (unsigned difference = query[i] ^ row[i]; difference; difference >>= 1) result += difference & 1;
    }
    return result;
}
