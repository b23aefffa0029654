// int8 products for CPUs without a dot product of bytes: weights are split into even and odd bytes and multiplied as 16-bit
// numbers, pairs summed to 32 bits. Exact: the shorter way over 16-bit sums (vpmaddubsw) saturates.
//
// Four inputs of a row lie as 16-bit numbers x0 x2 x1 x3.
#define INT8_STEP 8

typedef struct {
    vi even, odd;
} int8_weights;
typedef int8_weights int8_inputs;

INLINE int8_weights int8_load(const void *p) {
    const vi w = vi_load(p);
    return (int8_weights){vi_and(w, vi_set1(0x00ff00ff)), vi_shift_right_16(w, 8)};
}
INLINE int8_inputs int8_broadcast(const char *p) { return (int8_inputs){vi_broadcast(p), vi_broadcast(p + 4)}; }
INLINE vi int8_dot(vi sum, int8_weights w, int8_inputs x) {
    return vi_add(vi_add(sum, vi_madd_16(w.even, x.even)), vi_madd_16(w.odd, x.odd));
}
/// sum + unsigned bytes * signed bytes, four by four.
INLINE vi bytes_dot(vi sum, vi u, vi s) {
    const vi even = vi_madd_16(vi_and(u, vi_set1(0x00ff00ff)), vi_lower_bytes(s));
    return vi_add(vi_add(sum, even), vi_madd_16(vi_shift_right_16(u, 8), vi_upper_bytes(s)));
}
#define INT8_OPAQUE(x) __asm__ volatile("" : "+" VECTOR_REGISTER((x).even), "+" VECTOR_REGISTER((x).odd))
