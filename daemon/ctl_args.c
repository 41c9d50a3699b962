/* The command line of xueshictl: one table of options, words of a command anywhere between. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

struct option_row {
    const char *name, *value; /* value: its name in the help, NULL: the option has none */
    char letter;              /* 0: none */
    const char *help;
};

static const struct option_row option_rows[OPTIONS] = {
    [OPTION_CONFIG] =
        {"config", "FILE", 'c',
         "the daemon's configuration (else $XUESHI_CONFIG, /etc/xueshi/xueshid.conf)"},
    [OPTION_JSON] = {"json", NULL, 0, "print JSON"},
    [OPTION_HELP] = {"help", NULL, 'h', "say what there is"},
    [OPTION_VERSION] = {"version", NULL, 'V', "say which version this is"},
    [OPTION_SCHEMAS] = {"schemas", "DIR", 0, "where sqitch.plan and the scripts are"},
    [OPTION_VERIFY] = {"verify", NULL, 0, "run the verify scripts, too"},
    [OPTION_PARTITIONS] = {"partitions", "N", 0, "how many each topic has (xueshi.relay: one)"},
    [OPTION_REPLICATION] = {"replication", "R", 0, "copies of each partition"},
    [OPTION_AS_OF] = {"as-of", "INSTANT", 0, "the time to announce, RFC 3339"},
    [OPTION_WATCH] = {"watch", NULL, 0, "go on showing it until interrupted"},
    [OPTION_WAIT_IDLE] = {"wait-idle", "SECONDS", 0,
                          "wait until everything is consumed, relayed and closed"},
    [OPTION_LANG] = {"lang", "zh|en", 0, "one language (else both, or that of $LANG)"},
    [OPTION_FULL] = {"full", NULL, 0, "with revisions, versions and what was published"},
};

#define LETTERS "+c:hV"

/* getopt_long's table from ours; values count from 256 so that no letter is one. */
static void long_options(struct option out[OPTIONS + 1])
{
    for (int i = 0; i < OPTIONS; i++)
        out[i] = (struct option){
            .name = option_rows[i].name,
            .has_arg = option_rows[i].value ? required_argument : no_argument,
            .val = 256 + i,
        };
    out[OPTIONS] = (struct option){0};
}

static int option_of(int value)
{
    if (value >= 256)
        return value - 256;
    for (int i = 0; i < OPTIONS; i++)
        if (value && option_rows[i].letter == value)
            return i;
    return OPTIONS;
}

/* Options may stand anywhere: words are gathered, in order, at the front of argv. */
static enum ctl_exit take_options(struct ctl *ctl, int argc, char **argv, size_t *word_count)
{
    struct option longs[OPTIONS + 1];
    int words = 0;
    bool only_words = false;

    long_options(longs);
    opterr = 0;
    optind = 1;
    while (optind < argc) {
        int value = only_words ? -1 : getopt_long(argc, argv, LETTERS, longs, NULL);
        int option = value < 0 ? OPTIONS : option_of(value);

        if (value >= 0 && option == OPTIONS)
            return ctl_usage("option ", argv[optind - 1],
                             " is unknown, ambiguous or lacks its value; see --help", NULL);
        if (value >= 0) {
            ctl->options[option] = optarg ? optarg : "";
            continue;
        }
        only_words = only_words || (optind > 1 && strcmp(argv[optind - 1], "--") == 0);
        if (optind < argc)
            argv[words++] = argv[optind++];
    }
    *word_count = (size_t)words;
    return CTL_OK;
}

/* How many of the words name the command; 0: it is another one. */
static size_t matches(const struct ctl_command *command, char **words, size_t count)
{
    const char *at = command->words;
    size_t matched = 0;

    while (*at) {
        size_t len = strcspn(at, " ");

        if (matched == count || strlen(words[matched]) != len ||
            memcmp(words[matched], at, len) != 0)
            return 0;
        matched++;
        at += len + (at[len] == ' ');
    }
    return matched;
}

static enum ctl_exit check_options(const struct ctl *ctl)
{
    for (int i = 0; i < OPTIONS; i++)
        if (ctl->options[i] && !((CTL_COMMON | ctl->command->options) & 1u << i))
            return ctl_usage("--", option_rows[i].name, " is nothing for ", ctl->command->words,
                             "; see xueshictl ", ctl->command->words, " --help", NULL);
    return CTL_OK;
}

static enum ctl_exit check_args(const struct ctl *ctl)
{
    const struct ctl_command *command = ctl->command;

    if (ctl->arg_count < command->min_args)
        return ctl_usage(command->words, " needs ", command->args, NULL);
    if (ctl->arg_count > command->max_args)
        return ctl_usage(command->words, " takes ", command->args ? command->args : "no arguments",
                         ", not ", ctl->args[command->max_args], NULL);
    return CTL_OK;
}

enum ctl_exit ctl_read_args(struct ctl *ctl, const struct ctl_command *commands, size_t count,
                            int argc, char **argv)
{
    size_t words = 0, named = 0;
    enum ctl_exit code = take_options(ctl, argc, argv, &words);

    if (code != CTL_OK)
        return code;
    for (size_t i = 0; i < count && !named; i++) {
        named = matches(&commands[i], argv, words);
        if (named)
            ctl->command = &commands[i];
    }
    if (!named && words)
        return ctl_usage("there is no command ", argv[0], words > 1 ? " " : "",
                         words > 1 ? argv[1] : "", "; see --help", NULL);
    if (ctl_has(ctl, OPTION_HELP) || ctl_has(ctl, OPTION_VERSION))
        return CTL_OK;
    if (!named)
        return ctl_usage("which command? See --help", NULL);
    ctl->args = (const char *const *)argv + named;
    ctl->arg_count = words - named;
    code = check_options(ctl);
    return code == CTL_OK ? check_args(ctl) : code;
}

static void print_option(enum ctl_option option)
{
    const struct option_row *row = &option_rows[option];
    char left[32];

    snprintf(left, sizeof left, "%s%c%s --%s%s%s", row->letter ? "-" : " ",
             row->letter ? row->letter : ' ', row->letter ? "," : " ", row->name,
             row->value ? " " : "", row->value ? row->value : "");
    printf("  %-28s %s\n", left, row->help);
}

static void print_options(unsigned options)
{
    for (int i = 0; i < OPTIONS; i++)
        if (options & 1u << i)
            print_option((enum ctl_option)i);
}

static void print_command(const struct ctl_command *command)
{
    char left[64];

    snprintf(left, sizeof left, "%s%s%s", command->words, command->args ? " " : "",
             command->args ? command->args : "");
    printf("  %-39s %s\n", left, command->help);
}

void ctl_print_help(const struct ctl_command *commands, size_t count,
                    const struct ctl_command *command)
{
    puts("Usage: xueshictl [-c FILE] COMMAND [OPTION…]\n");
    if (command) {
        print_command(command);
        puts("");
        print_options(CTL_COMMON | command->options);
        return;
    }
    for (size_t i = 0; i < count; i++)
        print_command(&commands[i]);
    puts("\nOptions of all commands (xueshictl COMMAND --help: those of one):");
    print_options(CTL_COMMON);
    puts("\nExit status: 0 ok, 1 failed, 2 usage, 3 differences found, 4 unreachable, "
         "78 configuration.");
}

bool ctl_has(const struct ctl *ctl, enum ctl_option option)
{
    return ctl->options[option] != NULL;
}

enum ctl_exit ctl_option_int(const struct ctl *ctl, enum ctl_option option, int64_t min,
                             int64_t max, int64_t *out)
{
    const char *text = ctl->options[option];
    char *end = NULL;
    long long number;

    if (!text)
        return CTL_OK;
    errno = 0;
    number = strtoll(text, &end, 10);
    if (!*text || *end || errno || number < min || number > max) {
        char low[24], high[24];

        snprintf(low, sizeof low, "%lld", (long long)min);
        snprintf(high, sizeof high, "%lld", (long long)max);
        return ctl_usage("--", option_rows[option].name, " must be an integer from ", low, " to ",
                         high, ", not ", text, NULL);
    }
    *out = number;
    return CTL_OK;
}

bool ctl_read_number(const char *text, int64_t *out)
{
    char *end = NULL;

    errno = 0;
    *out = strtoll(text, &end, 10);
    return *text && !*end && !errno && *out >= 0;
}
