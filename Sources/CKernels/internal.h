// What the builds and the dispatcher share.
#ifndef CKERNELS_INTERNAL_H
#define CKERNELS_INTERNAL_H

#include "ckernels.h"
#include "quads.h"

/// One build: its table and its yardstick.
typedef struct {
    const ck_kernels *kernels;
    double (*peak)(ck_precision precision, double seconds);
} ck_build;

extern const ck_build ck_build_portable;
#if defined(__x86_64__)
extern const ck_build ck_build_avx2;
extern const ck_build ck_build_avx2_vnni;
extern const ck_build ck_build_avx512;
extern const ck_build ck_build_avx512_vnni;
extern const ck_build ck_build_avx512_bf16;
#elif defined(__aarch64__)
extern const ck_build ck_build_neon;
extern const ck_build ck_build_neon_dotprod;
extern const ck_build ck_build_neon_bf16;
#endif

/// The letter of a vector register in inline assembly.
#if defined(__x86_64__)
#define VECTOR_REGISTER "x"
#elif defined(__aarch64__)
#define VECTOR_REGISTER "w"
#else
#define VECTOR_REGISTER "m"
#endif

/// Monotonic seconds.
double ck_seconds(void);

#endif
