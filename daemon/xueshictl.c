/* xueshictl: the tool of those who run xueshid (configuration.md, "The tool"). */
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ctl_reading.h"
#include "log.h"

static const struct ctl_command commands[] = {
    {
        .words = "db migrate",
        .options = 1u << OPTION_SCHEMAS,
        .run = ctl_db_migrate,
        .help = "bring the database's schema up to date",
    },
    {
        .words = "db status",
        .options = 1u << OPTION_SCHEMAS | 1u << OPTION_VERIFY,
        .run = ctl_db_status,
        .help = "say which changes of the schema are deployed",
    },
    {
        .words = "topics check",
        .options = 1u << OPTION_PARTITIONS | 1u << OPTION_REPLICATION,
        .run = ctl_topics_check,
        .help = "compare the topics with what the daemon needs",
    },
    {
        .words = "topics create",
        .options = 1u << OPTION_PARTITIONS | 1u << OPTION_REPLICATION,
        .run = ctl_topics_create,
        .help = "create the topics that are missing",
    },
    {
        .words = "config check",
        .needs = CONFIG_ALL_KEYS,
        .run = ctl_config_check,
        .help = "check the configuration, its catalogues and its keys",
    },
    {
        .words = "config show",
        .run = ctl_config_show,
        .help = "print all settings, defaults included",
    },
    {
        .words = "catalogue check",
        .args = "FILE",
        .min_args = 1,
        .max_args = 1,
        .without_config = true,
        .run = ctl_catalogue_check,
        .help = "check one catalogue by itself",
    },
    {
        .words = "position show",
        .run = ctl_position_show,
        .help = "say how far each input partition is folded",
    },
    {
        .words = "lag",
        .run = ctl_lag,
        .help = "compare that with the ends of the log",
    },
    {
        .words = "status",
        .options = 1u << OPTION_WATCH | 1u << OPTION_WAIT_IDLE,
        .run = ctl_status,
        .help = "say whether everything is consumed, relayed and closed",
    },
    {
        .words = "explain",
        .args = "TRAINEE [ENROLLMENT]",
        .min_args = 1,
        .max_args = 2,
        .options = 1u << OPTION_LANG,
        .needs = READING_KEYS,
        .run = ctl_explain,
        .help = "say why there is no certificate yet",
    },
    {
        .words = "dump",
        .options = 1u << OPTION_FULL,
        .needs = READING_KEYS,
        .run = ctl_dump,
        .help = "print all that is kept, in canonical form",
    },
    {
        .words = "held list",
        .run = ctl_held_list,
        .help = "list the records that wait for something",
    },
    {
        .words = "rejected list",
        .run = ctl_rejected_list,
        .help = "list the records that were refused",
    },
    {
        .words = "rejected show",
        .args = "TOPIC PARTITION OFFSET",
        .min_args = 3,
        .max_args = 3,
        .run = ctl_rejected_show,
        .help = "say why one was refused",
    },
    {
        .words = "certificate list",
        .run = ctl_certificate_list,
        .help = "list all certificates",
    },
    {
        .words = "certificate show",
        .args = "NUMBER|TRAINEE",
        .min_args = 1,
        .max_args = 1,
        .run = ctl_certificate_show,
        .help = "list all versions of one, or of one trainee's",
    },
    {
        .words = "status-list show",
        .args = "NUMBER [VERSION]",
        .min_args = 1,
        .max_args = 2,
        .needs = CONFIG_ISSUER_KEYS,
        .run = ctl_status_list_show,
        .help = "print the status list of its newest or that version, to be served",
    },
    {
        .words = "did",
        .needs = CONFIG_ISSUER_KEYS,
        .run = ctl_did,
        .help = "print the DID document of the issuer, to be served",
    },
    {
        .words = "tick",
        .options = 1u << OPTION_AS_OF,
        .run = ctl_tick,
        .help = "announce the time on each partition of each input topic",
    },
};
#define COMMANDS (sizeof commands / sizeof *commands)

static enum ctl_exit run(struct ctl *ctl)
{
    struct err err;
    enum ctl_exit code;

    if (!ctl->command->without_config &&
        config_load(&ctl->config, &ctl->arena, config_path(ctl->options[OPTION_CONFIG]),
                    ctl->command->needs, &err) != STATUS_OK) {
        ctl_say(err.message, NULL);
        return CTL_CONFIG;
    }
    code = ctl->command->run(ctl);
    if (!ctl->command->without_config)
        config_finish(&ctl->config);
    return code;
}

static enum ctl_exit answer(struct ctl *ctl, int argc, char **argv)
{
    enum ctl_exit code = ctl_read_args(ctl, commands, COMMANDS, argc, argv);

    if (code != CTL_OK)
        return code;
    if (ctl_has(ctl, OPTION_HELP))
        ctl_print_help(commands, COMMANDS, ctl->command);
    else if (ctl_has(ctl, OPTION_VERSION))
        puts("xueshictl " XUESHI_VERSION);
    else
        code = run(ctl);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        ctl_say("the output cannot be written: ", strerror(errno), NULL);
        return CTL_FAILED;
    }
    return code;
}

int main(int argc, char **argv)
{
    struct ctl ctl = {0};
    enum ctl_exit code;

    log_open("error", "text");
    code = answer(&ctl, argc, argv);
    arena_finish(&ctl.arena);
    return (int)code;
}
