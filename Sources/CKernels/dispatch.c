// Finds out what the CPU can do and picks one table per process.
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

double ck_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static ck_cpu hardware;
static pthread_once_t hardware_once = PTHREAD_ONCE_INIT;

#if defined(__x86_64__)
/// XCR0 says which registers the operating system saves: 0x6 = SSE and AVX, 0xe0 = mask registers and zmm.
static uint64_t enabled_registers(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

static void detect_x86(void) {
    unsigned a, b, c, d, highest;
    if (!__get_cpuid(0, &highest, &b, &c, &d)) return;
    memcpy(hardware.vendor, &b, 4);
    memcpy(hardware.vendor + 4, &d, 4);
    memcpy(hardware.vendor + 8, &c, 4);
    unsigned extended = 0;
    if (__get_cpuid(0x80000000u, &extended, &b, &c, &d) && extended >= 0x80000004u) {
        for (unsigned i = 0; i < 3; i++) {
            unsigned words[4];
            __get_cpuid(0x80000002u + i, &words[0], &words[1], &words[2], &words[3]);
            memcpy(hardware.brand + 16 * i, words, 16);
        }
    }
    if (!__get_cpuid(1, &a, &b, &c, &d)) return;
    const bool os_saves = c >> 27 & 1, avx = c >> 28 & 1, fma = c >> 12 & 1;
    if (!os_saves || !avx || highest < 7) return;
    const uint64_t registers = enabled_registers();
    if ((registers & 0x6) != 0x6) return;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return;
    const unsigned leaves = a;
    hardware.avx2_fma = fma && (b >> 5 & 1);
    const bool avx512_registers = (registers & 0xe6) == 0xe6;
    hardware.avx512 = hardware.avx2_fma && avx512_registers && (b >> 16 & 1) && (b >> 17 & 1) && (b >> 30 & 1) && (b >> 31 & 1);
    hardware.avx512_vnni = hardware.avx512 && (c >> 11 & 1);
    if (leaves >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) {
        hardware.avx_vnni = hardware.avx2_fma && (a >> 4 & 1);
        hardware.avx512_bf16 = hardware.avx512 && (a >> 5 & 1);
    }
}
#endif

static void detect_hardware(void) {
#if defined(__x86_64__)
    hardware.architecture = "x86_64";
    detect_x86();
#elif defined(__aarch64__)
    hardware.architecture = "aarch64";
#else
    hardware.architecture = "other";
#endif
    hardware.best = hardware.avx512 ? CK_AVX512 : hardware.avx2_fma ? CK_AVX2 : CK_PORTABLE;
    hardware.chosen = hardware.best;
}

ck_cpu ck_cpu_with_override(const char *wish) {
    pthread_once(&hardware_once, detect_hardware);
    ck_cpu cpu = hardware;
    if (!wish || !*wish) return cpu;
    strncpy(cpu.override_value, wish, sizeof cpu.override_value - 1);
    ck_variant variant;
    if (strcmp(wish, "portable") == 0) {
        variant = CK_PORTABLE;
    } else if (strcmp(wish, "avx2") == 0) {
        variant = CK_AVX2;
    } else if (strcmp(wish, "avx512") == 0) {
        variant = CK_AVX512;
    } else {
        cpu.override_unknown = true;
        return cpu;
    }
    // The builds are ordered: a CPU that runs one runs those below.
    if (variant > cpu.best) {
        cpu.override_unsupported = true;
        return cpu;
    }
    cpu.chosen = variant;
    cpu.forced = true;
    return cpu;
}

static ck_cpu process;
static pthread_once_t process_once = PTHREAD_ONCE_INIT;

static void detect_process(void) { process = ck_cpu_with_override(getenv("NEEDLETAIL_CPU")); }

const ck_cpu *ck_cpu_info(void) {
    pthread_once(&process_once, detect_process);
    return &process;
}

static const ck_build *build_for(ck_variant variant) {
    if (variant > ck_cpu_info()->best) return NULL;
    switch (variant) {
    case CK_PORTABLE: return &ck_build_portable;
#if defined(__x86_64__)
    case CK_AVX2: return &ck_build_avx2;
    case CK_AVX512: return &ck_build_avx512;
#else
    default: return NULL;
#endif
    }
    return NULL;
}

const ck_kernels *ck_kernels_for(ck_variant variant) {
    const ck_build *build = build_for(variant);
    return build ? build->kernels : NULL;
}

const ck_kernels *ck_active(void) { return ck_kernels_for(ck_cpu_info()->chosen); }

double ck_peak_flops(ck_variant variant, double seconds) {
    const ck_build *build = build_for(variant);
    return build ? build->peak(seconds) : 0;
}
