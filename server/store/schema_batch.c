#include "store/store.h"

const char *const schema_batch = "";
