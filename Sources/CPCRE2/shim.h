// PCRE2 for UTF-8 text (8-bit code units).
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
