/* Key files: who may read them, and what they hold. */
#include "key_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../handlers/text.h"

#define KEY_MIN  32
#define FILE_MAX 16384 /* of PEM with room for comments */

/* A key file being read; where: how messages about it begin. */
struct key_file {
    const char *path, *where;
    int fd;
    bool is_credential; /* the service manager has seen to who may read it */
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool open_credential(struct key_file *file, struct arena *arena, const char *path)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    struct text text;

    if (!folder || !*folder)
        return false;
    text_init(&text, arena);
    text_add(&text, folder);
    text_add(&text, "/");
    text_add(&text, base_name(path));
    file->path = text_string(&text);
    file->fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    file->is_credential = file->fd >= 0 || errno != ENOENT;
    return file->is_credential;
}

static enum status open_key_file(struct key_file *file, struct arena *arena, const char *path,
                                 struct err *err)
{
    if (!open_credential(file, arena, path)) {
        file->path = path;
        file->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    }
    if (file->fd < 0)
        return err_set(err, STATUS_FATAL, file->where, file->path,
                       " cannot be opened: ", strerror(errno), NULL);
    return STATUS_OK;
}

static enum status check_mode(const struct key_file *file, bool secret, struct err *err)
{
    struct stat stat;

    if (fstat(file->fd, &stat) != 0)
        return err_set(err, STATUS_FATAL, file->where, file->path, ": ", strerror(errno), NULL);
    if (!S_ISREG(stat.st_mode))
        return err_set(err, STATUS_FATAL, file->where, file->path, " is no file", NULL);
    if (secret && !file->is_credential &&
        (stat.st_mode & (S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)) != 0)
        return err_set(err, STATUS_FATAL, file->where, file->path,
                       " can be read or written by its group or others (chmod 600)", NULL);
    return STATUS_OK;
}

/* Reads at most `size` bytes; *len is size + 1 if there are more. */
static enum status read_bytes(const struct key_file *file, uint8_t *bytes, size_t size, size_t *len,
                              struct err *err)
{
    uint8_t more;
    ssize_t got = 1;

    for (*len = 0; got > 0 && *len <= size; *len += (size_t)got) {
        got = *len < size ? read(file->fd, bytes + *len, size - *len) : read(file->fd, &more, 1);
        if (got < 0)
            return err_set(err, STATUS_FATAL, file->where, file->path,
                           " cannot be read: ", strerror(errno), NULL);
    }
    explicit_bzero(&more, 1);
    return STATUS_OK;
}

/* Opens, checks, reads and closes. */
static enum status load_bytes(struct key_file *file, struct arena *arena, const char *path,
                              bool secret, uint8_t *bytes, size_t size, size_t *len,
                              struct err *err)
{
    enum status status = open_key_file(file, arena, path, err);

    if (status != STATUS_OK)
        return status;
    status = check_mode(file, secret, err);
    if (status == STATUS_OK)
        status = read_bytes(file, bytes, size, len, err);
    close(file->fd);
    return status;
}

static enum status load_secret(struct config *config, struct arena *arena, const char *setting,
                               const char *path, struct secret_key *key, struct err *err)
{
    struct key_file file = {.where = settings_at(&config->origin, setting)};
    enum status status = load_bytes(&file, arena, path, true, key->bytes, sizeof key->bytes,
                                    &key->len, err);

    if (status == STATUS_OK && key->len >= KEY_MIN && key->len <= sizeof key->bytes)
        return STATUS_OK;
    key->len = 0;
    return status == STATUS_OK
               ? err_set(err, STATUS_FATAL, file.where, file.path, " must be 32 to 64 bytes", NULL)
               : status;
}

static const char *signature_key_id(const void *item)
{
    return ((const struct signature_key_setting *)item)->id;
}

static const char *issuer_key_id(const void *item)
{
    return ((const struct issuer_key_setting *)item)->id;
}

/* No id twice; an item begins with its origin. */
static enum status check_ids(const struct settings_list *list, size_t size,
                             const char *(*id)(const void *), struct err *err)
{
    for (size_t i = 1; i < list->count; i++) {
        const char *item = (const char *)list->at + i * size;

        for (size_t j = 0; j < i; j++)
            if (strcmp(id(item), id((const char *)list->at + j * size)) == 0)
                return err_set(
                    err, STATUS_FATAL,
                    settings_at((const struct settings_origin *)(const void *)item, "id"), "\"",
                    id(item), "\" is there twice", NULL);
    }
    return STATUS_OK;
}

static enum status load_signature_key(struct config *config, struct arena *arena,
                                      const struct signature_key_setting *setting, struct err *err)
{
    struct key_file file = {.where = settings_at(&setting->origin, "file")};
    enum signature_algorithm algorithm;
    uint8_t bytes[FILE_MAX];
    struct err why;
    size_t len = 0;

    if (!signature_algorithm_from_name(setting->algorithm, &algorithm))
        return err_set(err, STATUS_FATAL, file.where, "no such algorithm", NULL);
    enum status status = load_bytes(&file, arena, setting->file, algorithm == SIGNATURE_HMAC_SHA256,
                                    bytes, sizeof bytes, &len, err);
    if (status == STATUS_OK && len > sizeof bytes)
        status = err_set(err, STATUS_FATAL, file.where, file.path, " is too large", NULL);
    if (status == STATUS_OK) {
        struct signature_key *key = signature_key_new(setting->id, &setting->banks, algorithm,
                                                      bytes, len, &why);

        if (key)
            config->signature_keys.at[config->signature_keys.count++] = key;
        else
            status = err_set(err, STATUS_FATAL, file.where, file.path, ": ", why.message, NULL);
    }
    explicit_bzero(bytes, sizeof bytes);
    return status;
}

static enum status load_signature_keys(struct config *config, struct arena *arena, struct err *err)
{
    const struct settings_list *list = &config->signature_key_settings;
    const struct signature_key_setting *settings = list->at;
    enum status status = check_ids(list, sizeof *settings, signature_key_id, err);

    config->signature_keys.at = arena_alloc(arena, list->count * sizeof(struct signature_key *));
    for (size_t i = 0; status == STATUS_OK && i < list->count; i++)
        status = load_signature_key(config, arena, &settings[i], err);
    return status;
}

static enum status load_issuer_key(struct config *config, struct arena *arena,
                                   const struct issuer_key_setting *setting, struct err *err)
{
    struct key_file file = {.where = settings_at(&setting->origin, "file")};
    uint8_t bytes[FILE_MAX];
    struct err why;
    size_t len = 0;
    enum status status = load_bytes(&file, arena, setting->file, true, bytes, sizeof bytes, &len,
                                    err);

    if (status == STATUS_OK && len > sizeof bytes)
        status = err_set(err, STATUS_FATAL, file.where, file.path, " is too large", NULL);
    else if (status == STATUS_OK && issuer_add_key(config->signer, setting->id, setting->valid_from,
                                                   bytes, len, &why) != STATUS_OK)
        status = err_set(err, STATUS_FATAL, file.where, file.path, " ", why.message, NULL);
    explicit_bzero(bytes, sizeof bytes);
    return status;
}

static enum status load_issuer(struct config *config, struct arena *arena, struct err *err)
{
    const struct settings_list *list = &config->issuer.keys;
    const struct issuer_key_setting *settings = list->at;
    const struct credential_issuer identity = {config->issuer.id, config->issuer.name,
                                               config->issuer.base_url};
    enum status status = check_ids(list, sizeof *settings, issuer_key_id, err);

    if (status == STATUS_OK && list->count)
        config->signer = issuer_new(arena, &identity);
    for (size_t i = 0; status == STATUS_OK && i < list->count; i++)
        status = load_issuer_key(config, arena, &settings[i], err);
    return status;
}

enum status key_files_load(struct config *config, struct arena *arena, unsigned needs,
                           struct err *err)
{
    const struct {
        unsigned need;
        const char *setting, *path;
        struct secret_key *key;
    } secrets[] = {
        {CONFIG_PAYMENT_CODE_KEY, "keys.payment_code", config->key_files.payment_code,
         &config->keys.payment_code},
        {CONFIG_CERTIFICATE_NO_KEY, "keys.certificate_no", config->key_files.certificate_no,
         &config->keys.certificate_no},
        {CONFIG_PERSON_KEY, "keys.person", config->key_files.person, &config->keys.person},
        {CONFIG_PERSON_INDEX_KEY, "keys.person_index", config->key_files.person_index,
         &config->keys.person_index},
    };
    enum status status = STATUS_OK;

    for (size_t i = 0; status == STATUS_OK && i < sizeof secrets / sizeof *secrets; i++)
        if (needs & secrets[i].need)
            status = load_secret(config, arena, secrets[i].setting, secrets[i].path, secrets[i].key,
                                 err);
    if (status == STATUS_OK && (needs & CONFIG_PERSON_KEY))
        crypto_derive_person_key(&config->keys);
    if (status == STATUS_OK && (needs & CONFIG_SIGNATURE_KEYS))
        status = load_signature_keys(config, arena, err);
    if (status == STATUS_OK && (needs & CONFIG_ISSUER_KEYS))
        status = load_issuer(config, arena, err);
    return status;
}
