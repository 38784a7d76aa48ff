/*
 * entra/sign_in.h - somebody signs in: the steps that all pages share.
 *
 * What the visit is for is a row of `struct purpose` (an application that wants a code, a device
 * code, an administrator's consent). The steps are the same: who (the account picker or a
 * password), do they want it (device codes ask), may the application (consent), and the purpose's
 * own end. Between the steps the service remembers nothing but the browser's session: every form
 * carries the query that the visit began with, and each step reads and checks it anew.
 */
#ifndef SERVER_ENTRA_SIGN_IN_H
#define SERVER_ENTRA_SIGN_IN_H

#include "entra/page.h"
#include "entra/scopes.h"
#include "entra/session.h"

enum prompt {
    PROMPT_NOT_GIVEN,
    PROMPT_LOGIN,          /* the password, whoever is signed in */
    PROMPT_NONE,           /* no page at all */
    PROMPT_CONSENT,        /* the consent page, consented or not */
    PROMPT_SELECT_ACCOUNT, /* the picker, however many accounts there are */
};

struct sign_in;

struct purpose {
    const char *name; /* as forms carry it */
    /* Reads sign_in->query: fills what follows `session` in struct sign_in. False: a page tells. */
    bool (*read)(struct sign_in *sign_in, struct azb_error *err);
    /* The account is known, nothing was asked of it yet; NULL asks nothing. */
    bool (*confirm)(struct sign_in *sign_in, struct reply *reply, struct azb_error *err);
    /* Everything is allowed. */
    bool (*finish)(struct sign_in *sign_in, struct reply *reply, struct azb_error *err);
    /* The user said no, or it cannot be done without asking. `why` is an error of aadsts(). */
    bool (*decline)(struct sign_in *sign_in, struct reply *reply, const struct azb_error *why,
        struct azb_error *err);
    bool for_organization; /* an administrator consents for everybody */
};

struct sign_in {
    struct request *request;
    const struct purpose *purpose;
    struct text tenant; /* as in the path: forms go there again */
    struct text query;  /* raw, as it came */
    struct session session;

    /* By purpose->read(). */
    const char *client_app_id;
    const char *client_name;
    int64_t client_row; /* of the application */
    bool is_own_client; /* published by this directory */
    struct scopes scopes;
    enum prompt prompt;
    int64_t max_age_s;        /* -1: any age */
    struct text login_hint;   /* a user name, or TEXT_NONE */
    const char *form_target;  /* where forms may lead besides here (page.h) */
    void *detail;             /* the purpose's own */
    struct azb_error refusal; /* what the client did wrong; kind NONE while all is well */

    const struct session_account *account; /* NULL until known */
};

struct sign_in_place {
    struct text tenant, query;
};
/* A visit begins (GET): reads the request and shows the first page that is needed, or is done. */
bool sign_in_begin(struct request *request, const struct purpose *purpose,
    const struct sign_in_place *place, struct reply *reply, struct azb_error *err);
/* The account is known and confirmed: consent, finish, whatever is next. */
bool sign_in_confirmed(struct sign_in *sign_in, struct reply *reply, struct azb_error *err);
/* Reads a form of ours: what for, in which session. *again: it did not come from a page of this
 * session; `reply` then shows the visit's first page once more. */
bool sign_in_resume(struct request *request, struct form *form, struct sign_in *out,
    struct reply *reply, bool *again, struct azb_error *err);
/* The same for the steps that come after the account; `out->account` is it. */
bool sign_in_resume_as(struct request *request, struct form *form, struct sign_in *out,
    struct reply *reply, bool *again, struct azb_error *err);

/* A page of the visit: the frame's upper half; <form> to /{tenant}/login/STEP with what all forms
 * carry. */
void sign_in_page(struct sign_in *sign_in, struct page *page, const char *title);
void sign_in_form(struct sign_in *sign_in, struct page *page, const char *step);
/* page_reply() and the session's cookie. */
bool sign_in_reply(
    struct sign_in *sign_in, struct page *page, struct reply *reply, struct azb_error *err);

/* Who is signed in, on the pages that ask what this account wants. */
void sign_in_write_account(struct sign_in *sign_in, struct page *page);

/* POST /{tenant}/login and /{tenant}/login/account. */
bool sign_in_serve_password(struct request *request, struct reply *reply, struct azb_error *err);
bool sign_in_serve_account(struct request *request, struct reply *reply, struct azb_error *err);

/* The purposes. */
extern const struct purpose purpose_authorize_v1, purpose_authorize_v2, purpose_admin_consent_v1,
    purpose_admin_consent_v2, purpose_device;

#endif
