// CRC-32C: by instruction where there is one, else by table.
#include "cpostings.h"
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

static uint32_t tables[8][256];
static bool has_instruction;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void prepare(void) {
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t c = i;
        for (int k = 0; k < 8; k++) c = c & 1 ? 0x82f63b78u ^ c >> 1 : c >> 1;
        tables[0][i] = c;
    }
    for (int t = 1; t < 8; t++) {
        for (uint32_t i = 0; i < 256; i++) tables[t][i] = tables[0][tables[t - 1][i] & 0xff] ^ tables[t - 1][i] >> 8;
    }
#if defined(__x86_64__)
    __builtin_cpu_init();
    has_instruction = __builtin_cpu_supports("sse4.2");
#endif
}

#if defined(__x86_64__)
#include <nmmintrin.h>
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const uint8_t *in, size_t count) {
    uint64_t c = crc;
    for (; count >= 8; count -= 8, in += 8) {
        uint64_t word;
        memcpy(&word, in, 8);
        c = _mm_crc32_u64(c, word);
    }
    uint32_t rest = (uint32_t)c;
    while (count-- > 0) rest = _mm_crc32_u8(rest, *in++);
    return rest;
}
#endif

uint32_t cp_crc32c(uint32_t crc, const void *bytes, size_t count) {
    pthread_once(&once, prepare);
    const uint8_t *in = bytes;
    crc = ~crc;
#if defined(__x86_64__)
    if (has_instruction) return ~by_instruction(crc, in, count);
#endif
    for (; count >= 8; count -= 8, in += 8) {
        uint64_t word;
        memcpy(&word, in, 8);
        word ^= crc;
        crc = 0;
        for (int i = 0; i < 8; i++) crc ^= tables[7 - i][word >> 8 * i & 0xff];
    }
    while (count-- > 0) crc = tables[0][(crc ^ *in++) & 0xff] ^ crc >> 8;
    return ~crc;
}
