// Vectors rounded to bytes; the same on every build.
#include "ckernels.h"

#include <math.h>

float ck_encode_row(const float *values, size_t n, uint8_t *codes, size_t stride, float *rest) {
    float largest = 0;
    for (size_t i = 0; i < n; i++) {
        const float size = fabsf(values[i]);
        largest = size > largest ? size : largest;
    }
    const float scale = largest / 127.0f;
    // Of the smallest numbers the quotient is 0 or has lost its digits: they are zeros with a rest.
    const float inverse = scale > 1e-37f ? 1.0f / scale : 0.0f;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        // To the nearest, for |x| < 2^22, by an addition: this loop is one of vectors.
        float steps = values[i] * inverse + 12582912.0f;
        steps -= 12582912.0f;
        steps = steps > 127.0f ? 127.0f : steps < -127.0f ? -127.0f : steps;
        const double difference = (double)values[i] - (double)(inverse > 0.0f ? scale : 0.0f) * (double)steps;
        squares += difference * difference;
        codes[i] = (uint8_t)((int32_t)steps + 128);
    }
    for (size_t i = n; i < stride; i++) codes[i] = 128;
    *rest = (float)(sqrt(squares) * 1.000001) + 1e-37f;
    return inverse > 0.0f ? scale : 0.0f;
}

int32_t ck_codes_as_query(const uint8_t *codes, size_t stride, int8_t *out) {
    int32_t sum = 0;
    for (size_t i = 0; i < stride; i++) {
        out[i] = (int8_t)(codes[i] ^ 0x80);
        sum += out[i];
    }
    return sum;
}

size_t ck_indices_below(const float *values, size_t count, float limit, uint32_t *out) {
    size_t found = 0, i = 0;
    for (; i + 16 <= count; i += 16) {
        int any = 0;
        for (size_t j = 0; j < 16; j++) any |= !(values[i + j] > limit);
        if (!any) continue;
        for (size_t j = i; j < i + 16; j++) {
            if (!(values[j] > limit)) out[found++] = (uint32_t)j;
        }
    }
    for (; i < count; i++) {
        if (!(values[i] > limit)) out[found++] = (uint32_t)i;
    }
    return found;
}
