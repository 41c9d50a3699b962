/* The configuration (configuration.md): const after it is loaded. libconfig stays behind this. */
#ifndef XUESHI_CONFIG_H
#define XUESHI_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "../handlers/arena.h"
#include "../handlers/catalogue.h"
#include "../handlers/err.h"
#include "catalogue_file.h"
#include "crypto.h"
#include "issuer.h"
#include "settings.h"
#include "signature.h"

/* An item of issuer.keys. */
struct issuer_key_setting {
    struct settings_origin origin;
    const char *id, *file;
    int64_t valid_from;
};

/* An item of payment_signatures.keys. */
struct signature_key_setting {
    struct settings_origin origin;
    const char *id, *algorithm, *file;
    struct strings banks;
};

#define WORKERS_MAX 256

struct config {
    struct settings_origin origin;
    const char *path; /* of the file itself */
    const char *instance;
    struct strings catalogue_files; /* absolute or relative to the working directory */
    struct {
        const char *bootstrap_servers, *group_id, *topic_prefix;
        const char *timestamps;    /* "log-append" or "create" */
        bool create_time;          /* timestamps = "create" */
        struct strings properties; /* "name=value" */
    } kafka;
    struct {
        const char *conninfo;          /* role app */
        const char *migrator_conninfo; /* NULL: conninfo */
        const char *schema;
    } postgresql;
    int64_t workers; /* never 0 after loading */
    struct {
        int64_t records, wait_ms;
    } batch;
    int64_t tick_every_s; /* 0: never, as always with create_time */
    const char *source;
    struct {
        const char *id, *name, *base_url; /* NULL: not set */
        struct settings_list keys;        /* of struct issuer_key_setting */
    } issuer;
    struct {
        const char *payment_code, *certificate_no, *person, *person_index; /* file paths */
    } key_files;
    bool signatures_required;
    struct settings_list signature_key_settings; /* of struct signature_key_setting */
    struct {
        const char *listen;
    } http;
    struct {
        const char *level, *format;
    } log;

    const struct catalogue_file *catalogue_sources; /* one a file, in their order */
    struct catalogues catalogues;                   /* loaded and indexed */
    struct signature_keys signature_keys;           /* with CONFIG_SIGNATURE_KEYS */
    struct issuer *signer; /* with CONFIG_ISSUER_KEYS; NULL: no issuer.keys */
    struct keys keys;      /* those that were asked for */
};

/* What a command needs of the key files: or-ed together. */
enum config_needs {
    CONFIG_PAYMENT_CODE_KEY = 1,
    CONFIG_CERTIFICATE_NO_KEY = 2,
    CONFIG_PERSON_KEY = 4,
    CONFIG_PERSON_INDEX_KEY = 8,
    CONFIG_SIGNATURE_KEYS = 16,
    CONFIG_ISSUER_KEYS = 32,
    CONFIG_ALL_KEYS = 63
};

/* The settings of the file, for settings_show and settings_describe. */
extern const struct settings_table config_table;

/* Loads and checks file, catalogues and keys; all strings are the arena's. On failure STATUS_FATAL
 * (exit status 78) and a message "FILE:LINE: what is wrong" with the nearest known key. */
enum status config_load(struct config *config, struct arena *arena, const char *path,
                        unsigned needs, struct err *err) __attribute__((warn_unused_result));
/* Wipes the keys. */
void config_finish(struct config *config);
/* What `config show` prints: every setting with its value, defaults included, secrets never. */
void config_show(FILE *out, const struct config *config, bool json);
/* The file that -c, $XUESHI_CONFIG or the default name (configuration.md). */
const char *config_path(const char *option);

#endif
