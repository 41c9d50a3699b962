/* Key files (configuration.md): looked for in $CREDENTIALS_DIRECTORY by base name first. */
#ifndef XUESHI_KEY_FILES_H
#define XUESHI_KEY_FILES_H

#include "config.h"

/* Loads the keys that are needed into config->keys, config->signature_keys and config->signer.
 * After a failure config_finish frees and wipes what was loaded. */
enum status key_files_load(struct config *config, struct arena *arena, unsigned needs,
                           struct err *err) __attribute__((warn_unused_result));

#endif
