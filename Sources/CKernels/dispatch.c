// Finds out what the CPU can do and picks one table per process.
#include "internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
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

#if defined(__aarch64__)
static void detect_arm(void) {
    hardware.neon = true;
#if defined(__linux__)
    const unsigned long first = getauxval(AT_HWCAP), second = getauxval(AT_HWCAP2);
    hardware.neon_dotprod = first & HWCAP_ASIMDDP;
    hardware.neon_i8mm = second & HWCAP2_I8MM;
    hardware.neon_bf16 = second & HWCAP2_BF16;
#endif
}
#endif

/// Whether a build's instructions are there. The builds are not one line of descent: each is asked by itself.
static bool can_run(const ck_cpu *cpu, ck_variant variant) {
    switch (variant) {
    case CK_PORTABLE: return true;
    case CK_AVX2: return cpu->avx2_fma;
    case CK_AVX2_VNNI: return cpu->avx_vnni;
    case CK_AVX512: return cpu->avx512;
    case CK_AVX512_VNNI: return cpu->avx512_vnni;
    case CK_AVX512_BF16: return cpu->avx512_vnni && cpu->avx512_bf16;
    case CK_NEON: return cpu->neon;
    case CK_NEON_DOTPROD: return cpu->neon_dotprod;
    case CK_NEON_BF16: return cpu->neon_dotprod && cpu->neon_i8mm && cpu->neon_bf16;
    }
    return false;
}

/// Intel's vdpbf16ps is slower than widening the weights to float32 (0.4 against 1 multiply-add per lane and cycle: these
/// CPUs have AMX for bfloat16), so its CPUs take the build without it.
static ck_variant best_variant(void) {
    const bool is_intel = strcmp(hardware.vendor, "GenuineIntel") == 0;
    if (can_run(&hardware, CK_AVX512_BF16) && !is_intel) return CK_AVX512_BF16;
    static const ck_variant order[] = {CK_AVX512_VNNI, CK_AVX512, CK_AVX2_VNNI, CK_AVX2,
                                       CK_NEON_BF16, CK_NEON_DOTPROD, CK_NEON};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (can_run(&hardware, order[i])) return order[i];
    }
    return CK_PORTABLE;
}

static void detect_hardware(void) {
#if defined(__x86_64__)
    hardware.architecture = "x86_64";
    detect_x86();
#elif defined(__aarch64__)
    hardware.architecture = "aarch64";
    detect_arm();
#else
    hardware.architecture = "other";
#endif
    hardware.best = best_variant();
    hardware.chosen = hardware.best;
}

ck_cpu ck_cpu_with_override(const char *wish) {
    pthread_once(&hardware_once, detect_hardware);
    ck_cpu cpu = hardware;
    if (!wish || !*wish) return cpu;
    strncpy(cpu.override_value, wish, sizeof cpu.override_value - 1);
    static const char *const names[] = {"portable", "avx2", "avx2-vnni", "avx512", "avx512-vnni", "avx512-bf16",
                                        "neon", "neon-dotprod", "neon-bf16"};
    size_t variant = 0;
    while (variant < sizeof names / sizeof *names && strcmp(wish, names[variant]) != 0) variant++;
    if (variant == sizeof names / sizeof *names) {
        cpu.override_unknown = true;
        return cpu;
    }
    if (!can_run(&cpu, (ck_variant)variant)) {
        cpu.override_unsupported = true;
        return cpu;
    }
    cpu.chosen = (ck_variant)variant;
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
    if (!can_run(ck_cpu_info(), variant)) return NULL;
    switch (variant) {
    case CK_PORTABLE: return &ck_build_portable;
#if defined(__x86_64__)
    case CK_AVX2: return &ck_build_avx2;
    case CK_AVX2_VNNI: return &ck_build_avx2_vnni;
    case CK_AVX512: return &ck_build_avx512;
    case CK_AVX512_VNNI: return &ck_build_avx512_vnni;
    case CK_AVX512_BF16: return &ck_build_avx512_bf16;
#elif defined(__aarch64__)
    case CK_NEON: return &ck_build_neon;
    case CK_NEON_DOTPROD: return &ck_build_neon_dotprod;
    case CK_NEON_BF16: return &ck_build_neon_bf16;
#endif
    default: return NULL;
    }
}

const ck_kernels *ck_kernels_for(ck_variant variant) {
    const ck_build *build = build_for(variant);
    return build ? build->kernels : NULL;
}

const ck_kernels *ck_active(void) { return ck_kernels_for(ck_cpu_info()->chosen); }

double ck_peak_flops(ck_variant variant, ck_precision precision, double seconds) {
    const ck_build *build = build_for(variant);
    return build ? build->peak(precision, seconds) : 0;
}
