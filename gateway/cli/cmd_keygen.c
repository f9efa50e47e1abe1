/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <string.h>

#include "gateway/cli/ask.h"
#include "gateway/cli/fail.h"
#include "gateway/cli/words.h"
#include "gateway/client/keyfile.h"

struct keygen {
    const char *account;
    const char *file;
    bool show;
};

static const struct argp_option options[] = {
    { "key", 'k', "FILE", 0, "key file (default: DIR/keys/ACCOUNT.key)", 1 },
    { "show", 's', NULL, 0, "print the public key of a file that exists", 1 },
    { 0 },
};

static error_t keygen_parse(int key, char *arg, struct argp_state *state)
{
    struct keygen *k = state->input;

    if (key == 'k')
        k->file = arg;
    else if (key == 's')
        k->show = true;
    else if (key == ARGP_KEY_ARG && k->account == NULL)
        k->account = arg;
    else if (key == ARGP_KEY_END && k->account == NULL && k->file == NULL)
        argp_error(state, "for which account? give a name, or a file with --key");
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

static int take_key(struct sign_key *key, const struct cli *c, const char *path, bool show)
{
    struct sign_secret secret;
    enum err err = show ? keyfile_read(key, &secret, path) : keyfile_make(key, &secret, path);

    sign_wipe(&secret);
    if (err == ERR_OK)
        return CLI_OK;
    if (err == ERR_CONFLICT && !show)
        return fail(c, FAIL_EXISTS, path, "this key file exists already");
    return fail(c, FAIL_KEY_FILE, path, "%s",
                err == ERR_NOT_FOUND  ? "there is no such file"
                : err == ERR_CONFLICT ? "the key file is not protected: others may read it"
                : err == ERR_INVALID  ? "the key file is not 64 hex digits"
                                      : strerror(errno));
}

int cmd_keygen(struct cli *c, int argc, char **argv)
{
    static const struct argp argp = {
        options,
        keygen_parse,
        "[ACCOUNT]",
        "Make the key of an account.\v"
        "The file (mode 0600) is the only copy. The first deposit binds the account to its public "
        "key: sluice deposit user:ACCOUNT AMOUNT SYMBOL.",
        NULL,
        NULL,
        NULL,
    };
    static const struct out_column columns[] = { { "account", "account" },
                                                 { "file", "key file" },
                                                 { "key", "public key" } };
    struct keygen k = { .show = false };
    char path[CONFIG_TEXT_MAX];
    char hex[2 * SIGN_KEY_BYTES + 1];
    struct words_why why;
    struct sign_key key;
    struct name name;
    struct out o;

    cli_parse(c, &argp, &k, argc, argv);
    if (k.account != NULL && words_name(&name, k.account, &why) != ERR_OK)
        return fail(c, FAIL_NAME, "ACCOUNT", "%s", why.text);
    if (k.file != NULL) {
        snprintf(path, sizeof path, "%s", k.file);
    } else {
        ask_key_path(path, c, k.account);
        cli_make_folder(path);
    }
    int status = take_key(&key, c, path, k.show);
    if (status != CLI_OK)
        return status;
    out_begin(&o, &c->style, "key", columns, 3, NULL);
    out_record(&o);
    out_text(&o, k.account != NULL ? k.account : "");
    out_text(&o, path);
    out_text(&o, hex_text(hex, key.bytes, sizeof key.bytes));
    out_end(&o);
    return CLI_OK;
}
