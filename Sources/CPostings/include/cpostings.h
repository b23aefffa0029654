#ifndef CPOSTINGS_H
#define CPOSTINGS_H
#include <stdint.h>
#endif
