/* Loading the configuration: file, catalogues, keys. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "key_files.h"

#define DEFAULT_PATH "/etc/xueshi/xueshid.conf"

static int64_t online_cores(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (cores < 1)
        return 1;
    return cores < WORKERS_MAX ? cores : WORKERS_MAX;
}

/* What follows from other settings. */
static void complete(struct config *config)
{
    config->kafka.create_time = strcmp(config->kafka.timestamps, "create") == 0;
    if (config->kafka.create_time)
        config->tick_every_s = 0;
    if (config->workers == 0)
        config->workers = online_cores();
}

/* Who signs has a name and an address. */
static enum status check_issuer(const struct config *config, struct err *err)
{
    if (config->issuer.keys.count == 0 ||
        (config->issuer.id && config->issuer.name && config->issuer.base_url))
        return STATUS_OK;
    return err_set(err, STATUS_FATAL, settings_at(&config->origin, "issuer.keys"),
                   "need issuer.id, issuer.name and issuer.base_url", NULL);
}

static enum status load_catalogues(struct config *config, struct arena *arena, struct err *err)
{
    size_t count = config->catalogue_files.count;
    struct catalogue_file *files = arena_alloc(arena, count * sizeof *files);
    const struct programme **programmes = arena_alloc(arena,
                                                      count * sizeof(const struct programme *));
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = catalogue_file_read(&files[i], arena, config->catalogue_files.at[i], err);
        programmes[i] = files[i].programme;
    }
    if (status == STATUS_OK)
        status = catalogue_files_check(files, count, err);
    if (status != STATUS_OK)
        return status;
    config->catalogue_sources = files;
    config->catalogues = (struct catalogues){.programmes = programmes, .count = count};
    catalogues_index(&config->catalogues, arena);
    return STATUS_OK;
}

enum status config_load(struct config *config, struct arena *arena, const char *path,
                        unsigned needs, struct err *err)
{
    struct settings_text text;
    enum status status;

    *config = (struct config){0};
    status = settings_text_read(&text, arena, path, err);
    if (status == STATUS_OK)
        status = settings_read(&text, arena, &config_table, config, err);
    if (status != STATUS_OK)
        return status;
    config->path = text.path;
    complete(config);
    status = check_issuer(config, err);
    if (status == STATUS_OK)
        status = load_catalogues(config, arena, err);
    if (status == STATUS_OK)
        status = key_files_load(config, arena, needs, err);
    if (status != STATUS_OK)
        config_finish(config);
    return status;
}

void config_finish(struct config *config)
{
    for (size_t i = 0; i < config->signature_keys.count; i++)
        signature_key_free(config->signature_keys.at[i]);
    config->signature_keys.count = 0;
    issuer_finish(config->signer);
    config->signer = NULL;
    crypto_wipe(&config->keys);
}

void config_show(FILE *out, const struct config *config, bool json)
{
    if (json)
        settings_show_json(out, &config_table, config);
    else
        settings_show(out, &config_table, config);
}

const char *config_path(const char *option)
{
    const char *named = getenv("XUESHI_CONFIG");

    if (option)
        return option;
    return named && *named ? named : DEFAULT_PATH;
}
