/* A plugin of the next major version of the ABI: it exports only that version's entry. */
#include <stddef.h>

__attribute__((visibility("default"))) const void* ph_plugin_entry_v2(void);

const void* ph_plugin_entry_v2(void) { return NULL; }
