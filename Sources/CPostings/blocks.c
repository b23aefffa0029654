#include "cpostings.h"
