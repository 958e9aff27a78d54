// The rules of the benchmark as hand-written C++, in a file of their own so that nothing is computed at
// compile time.
#include "rules_world.h"

#define CEL_RULES_BY_HAND
#include "cel_rules.inc"
