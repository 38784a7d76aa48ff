#include "entra/sign_in.h"

#include "base/error.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/claim_roles.h"
#include "entra/consent.h"
#include "exchange.h"

/* After the first page of a visit, a password given so long ago is the one that prompt=login or
 * max_age asked for: the user was on our pages since. */
#define VISIT_S 600

/* ---- Pages of a visit ----------------------------------------------------------------------- */

void sign_in_page(struct sign_in *sign_in, struct page *page, const char *title)
{
    page_open(page, sign_in->request, title);
    page->form_target = sign_in->form_target;
}

void sign_in_form(struct sign_in *sign_in, struct page *page, const char *step)
{
    page_format(page, "<form method=\"post\" action=\"/%.*s/login%s\">\n",
        TEXT_ARGS(sign_in->tenant), step);
    page_hidden(page, "purpose", text_of(sign_in->purpose->name));
    page_hidden(page, "query", sign_in->query);
    page_hidden(page, "token", text_of(session_form_token(sign_in->request, &sign_in->session)));
    if (sign_in->account)
        page_hidden(page, "account", text_of(sign_in->account->id));
}

bool sign_in_reply(
    struct sign_in *sign_in, struct page *page, struct reply *reply, struct azb_error *err)
{
    session_reply(sign_in->request, &sign_in->session, reply);
    return page_reply(page, reply, 200, err);
}

void sign_in_write_account(struct sign_in *sign_in, struct page *page)
{
    const struct user *user = &sign_in->account->user;
    page_format(page, "<p class=\"who\">Signed in as <strong>%s</strong> (%s)</p>\n",
        user->display_name, user->user_principal_name);
}

static void write_client(struct sign_in *sign_in, struct page *page)
{
    page_format(page, "<p>to continue to <strong>%s</strong></p>\n", sign_in->client_name);
}

/* ---- The password page ---------------------------------------------------------------------- */

struct password_page {
    struct text user_name; /* filled in */
    const char *problem;   /* or NULL */
};

static void write_fields(
    struct page *page, const struct password_page *what, const struct service *service)
{
    const char *invalid = what->problem ? "true" : "false";
    const char *described = what->problem ? "problem" : "directory";
    bool named = what->user_name.length > 0;
    page_format(page,
        "<label for=\"login\">User name</label>\n<input type=\"text\" id=\"login\" name=\"login\" "
        "value=\"%.*s\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
        "inputmode=\"email\" maxlength=\"256\" required aria-describedby=\"%s\" "
        "aria-invalid=\"%s\"%s>\n",
        TEXT_ARGS(what->user_name), described, invalid, named ? "" : " autofocus");
    page_format(page,
        "<p class=\"soft\" id=\"directory\">As a user of %s, such as name@%s; "
        "<code>azb env</code> prints the first one's name and password.</p>\n",
        directory_tenant_name(service), directory_tenant_domain(service));
    page_format(page,
        "<label for=\"passwd\">Password</label>\n<input type=\"password\" id=\"passwd\" "
        "name=\"passwd\" autocomplete=\"current-password\" maxlength=\"256\" required "
        "aria-describedby=\"%s\" aria-invalid=\"%s\"%s>\n",
        described, invalid, named ? " autofocus" : "");
}

static bool show_password_page(struct sign_in *sign_in, const struct password_page *what,
    struct reply *reply, struct azb_error *err)
{
    scoped_page struct page page = {0};
    sign_in->account = NULL;
    sign_in_page(sign_in, &page, what->problem ? "Sign in: try again" : "Sign in");
    page_format(&page, "<h1>Sign in</h1>\n");
    write_client(sign_in, &page);
    page_problem(&page, what->problem);
    sign_in_form(sign_in, &page, "");
    write_fields(&page, what, sign_in->request->service);
    page_format(&page, "<div class=\"buttons\"><button>Sign in</button></div>\n</form>\n");
    return sign_in_reply(sign_in, &page, reply, err);
}

static bool ask_password(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    const struct password_page what = {.user_name = sign_in->login_hint};
    return show_password_page(sign_in, &what, reply, err);
}

/* ---- The account picker --------------------------------------------------------------------- */

static void write_account(struct page *page, const struct session_account *account)
{
    page_format(page,
        "<li><button name=\"choice\" value=\"%s\"><strong>%s</strong><span>%s</span></button>"
        "</li>\n",
        account->id, account->user.display_name, account->user.user_principal_name);
}

static bool ask_account(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    scoped_page struct page page = {0};
    sign_in_page(sign_in, &page, "Pick an account");
    page_format(&page, "<h1>Pick an account</h1>\n");
    write_client(sign_in, &page);
    sign_in_form(sign_in, &page, "/account");
    page_format(&page, "<ul class=\"accounts\">\n");
    for (size_t i = 0; i < sign_in->session.count; i++)
        write_account(&page, &sign_in->session.accounts[i]);
    page_format(&page,
        "<li><button name=\"choice\" value=\"other\"><strong>Use another account</strong></button>"
        "</li>\n</ul>\n</form>\n");
    return sign_in_reply(sign_in, &page, reply, err);
}

/* ---- Who ------------------------------------------------------------------------------------ */

static bool is_fresh(const struct sign_in *sign_in, int64_t max_age_s)
{
    if (max_age_s < 0)
        return true;
    int64_t age = sign_in->request->now - sign_in->account->signed_in;
    return age <= max_age_s * TICKS_PER_SECOND;
}

/* Within a visit: whether the account was signed in for it, when that was asked for. */
static bool is_fresh_enough(const struct sign_in *sign_in)
{
    int64_t max_age_s = sign_in->prompt == PROMPT_LOGIN ? 0 : sign_in->max_age_s;
    if (max_age_s < 0)
        return true;
    return is_fresh(sign_in, max_age_s > VISIT_S ? max_age_s : VISIT_S);
}

/* The account that needs no asking: the one that is hinted at, or the only one. */
static const struct session_account *plain_account(const struct sign_in *sign_in)
{
    const struct session *session = &sign_in->session;
    if (sign_in->login_hint.at)
        return session_find_user(session, sign_in->login_hint);
    return session->count == 1 ? &session->accounts[0] : NULL;
}

static bool decline_silent(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (sign_in->session.count > 1 && !sign_in->login_hint.at)
        aadsts(&why, 16000,
            "Either multiple user identities are available for the current request or selected "
            "account is not supported for the scenario.");
    else
        aadsts(&why, 50058,
            "A silent sign-in request was sent but no user is signed in. The browser has no "
            "session of azbd that fits the request.");
    return sign_in->purpose->decline(sign_in, reply, &why, err);
}

/* The account is known: confirm, consent, finish, whatever is next. */
static bool go_on(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    if (sign_in->purpose->confirm)
        return sign_in->purpose->confirm(sign_in, reply, err);
    return sign_in_confirmed(sign_in, reply, err);
}

static bool choose(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    bool has_accounts = sign_in->session.count > 0;
    if (sign_in->refusal.kind != AZB_ERROR_NONE)
        return sign_in->purpose->decline(sign_in, reply, &sign_in->refusal, err);
    if (sign_in->prompt == PROMPT_LOGIN)
        return ask_password(sign_in, reply, err);
    if (sign_in->prompt == PROMPT_SELECT_ACCOUNT)
        return has_accounts ? ask_account(sign_in, reply, err) : ask_password(sign_in, reply, err);
    sign_in->account = plain_account(sign_in);
    if (sign_in->account && is_fresh(sign_in, sign_in->max_age_s))
        return go_on(sign_in, reply, err);
    if (sign_in->prompt == PROMPT_NONE)
        return decline_silent(sign_in, reply, err);
    if (sign_in->account)
        sign_in->login_hint = text_of(sign_in->account->user.user_principal_name);
    if (sign_in->session.count > 1 && !sign_in->login_hint.at)
        return ask_account(sign_in, reply, err);
    return ask_password(sign_in, reply, err);
}

bool sign_in_begin(struct request *request, const struct purpose *purpose,
    const struct sign_in_place *place, struct reply *reply, struct azb_error *err)
{
    struct sign_in sign_in = {.request = request,
        .purpose = purpose,
        .tenant = place->tenant,
        .query = place->query,
        .max_age_s = -1};
    return session_read(request, &sign_in.session, err) && purpose->read(&sign_in, err) &&
           choose(&sign_in, reply, err);
}

/* False: the application or what it wants lets in only those who were assigned to it. */
static bool check_assigned(struct sign_in *sign_in, struct azb_error *problem)
{
    struct request *request = sign_in->request;
    const struct user *user = &sign_in->account->user;
    const struct resource_application *resource = &sign_in->scopes.resource;
    struct app_roles roles;
    return claim_roles_of_user(
               request, sign_in->client_app_id, sign_in->client_name, user, &roles, problem) &&
           (!sign_in->scopes.has_resource || claim_roles_of_user(request, resource->app_id,
                                                 resource->display_name, user, &roles, problem));
}

/* The application hears it in its own words (RFC 6749 section 4.1.2.1). */
static bool refuse_unassigned(
    struct sign_in *sign_in, struct azb_error *problem, struct reply *reply, struct azb_error *err)
{
    struct azb_error why = AZB_ERROR_INIT;
    if (!aadsts_number(problem))
        return error_move(err, problem);
    aadsts_as(&why, aadsts_number(problem), "access_denied", "%s", problem->message);
    azb_error_free(problem);
    return sign_in->purpose->decline(sign_in, reply, &why, err);
}

bool sign_in_confirmed(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    struct azb_error problem = AZB_ERROR_INIT;
    bool asked;
    if (!sign_in->purpose->for_organization && !check_assigned(sign_in, &problem))
        return refuse_unassigned(sign_in, &problem, reply, err);
    if (!consent_ask(sign_in, reply, &asked, err))
        return false;
    return asked || sign_in->purpose->finish(sign_in, reply, err);
}

/* ---- Forms ---------------------------------------------------------------------------------- */

static const struct purpose *find_purpose(struct text name)
{
    static const struct purpose *const all[] = {&purpose_authorize_v1, &purpose_authorize_v2,
        &purpose_admin_consent_v1, &purpose_admin_consent_v2, &purpose_device};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (text_is(name, all[i]->name))
            return all[i];
    return NULL;
}

static bool read_form(
    struct request *request, struct form *form, struct sign_in *out, struct azb_error *err)
{
    if (!form_parse(request, form, err) || !session_read(request, &out->session, err))
        return false;
    out->purpose = find_purpose(form_get(form, "purpose"));
    if (!out->purpose)
        return aadsts(err, 9002313,
            "Invalid request. Request is malformed or invalid. The form does not say what it is "
            "for; go back to the application and start again.");
    out->query = form_get(form, "query");
    if (out->query.length > EXCHANGE_TARGET_MAX)
        return aadsts(err, 9002313,
            "Invalid request. Request is malformed or invalid. The form carries a longer request "
            "than the %d bytes that an address may have.",
            EXCHANGE_TARGET_MAX);
    return out->purpose->read(out, err);
}

/* The form is not from this browser's session, or old: its visit starts again. */
static bool start_again(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    const struct password_page no_cookie = {
        .user_name = sign_in->login_hint,
        .problem = "This page came without its cookie. Allow cookies for this site, then sign in.",
    };
    sign_in->account = NULL;
    if (sign_in->session.is_new && sign_in->refusal.kind == AZB_ERROR_NONE)
        return show_password_page(sign_in, &no_cookie, reply, err);
    return choose(sign_in, reply, err);
}

bool sign_in_resume(struct request *request, struct form *form, struct sign_in *out,
    struct reply *reply, bool *again, struct azb_error *err)
{
    *out = (struct sign_in){.request = request, .tenant = request->values[0], .max_age_s = -1};
    if (!read_form(request, form, out, err))
        return false;
    *again =
        out->refusal.kind != AZB_ERROR_NONE || !session_owns_form(request, &out->session, form);
    return !*again || start_again(out, reply, err);
}

bool sign_in_resume_as(struct request *request, struct form *form, struct sign_in *out,
    struct reply *reply, bool *again, struct azb_error *err)
{
    if (!sign_in_resume(request, form, out, reply, again, err))
        return false;
    if (*again)
        return true;
    out->account = session_find(&out->session, form_get(form, "account"));
    *again = !out->account || !is_fresh_enough(out);
    return !*again || start_again(out, reply, err);
}

bool sign_in_serve_account(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct form form;
    struct sign_in sign_in;
    bool again;
    if (!sign_in_resume(request, &form, &sign_in, reply, &again, err))
        return false;
    if (again)
        return true;
    sign_in.account = session_find(&sign_in.session, form_get(&form, "choice"));
    if (sign_in.account && is_fresh_enough(&sign_in))
        return go_on(&sign_in, reply, err);
    sign_in.login_hint =
        sign_in.account ? text_of(sign_in.account->user.user_principal_name) : TEXT_NONE;
    return ask_password(&sign_in, reply, err);
}

/* ---- The password --------------------------------------------------------------------------- */

struct attempt {
    struct sign_in *sign_in;
    struct text user_name;
    struct user user;
    bool is_known;
    enum password_verdict verdict;
};

/* A name that nobody has costs the same time as a wrong password. */
static bool check_password(struct attempt *attempt, struct text password, struct azb_error *err)
{
    struct request *request = attempt->sign_in->request;
    struct azb_error missing = AZB_ERROR_INIT;
    attempt->is_known =
        user_by_name(request->store, attempt->user_name, &request->arena, &attempt->user, &missing);
    if (!attempt->is_known && missing.kind != AZB_ERROR_NOT_FOUND)
        return error_move(err, &missing);
    return password_check(request->store, attempt->is_known ? &attempt->user : NULL, password,
        request->now, &attempt->verdict, err);
}

/* What is wrong with the attempt; kind NONE when nothing is. */
static void judge(const struct attempt *attempt, struct azb_error *problem)
{
    struct request *request = attempt->sign_in->request;
    if (!attempt->is_known)
        aadsts(problem, 50034,
            "The user account %.*s does not exist in the %s directory. To sign into this "
            "application, the account must be added to the directory.",
            TEXT_ARGS(text_slice(attempt->user_name, 0, 120)),
            directory_tenant_name(request->service));
    else if (attempt->verdict == PASSWORD_LOCKED)
        aadsts(problem, 50053,
            "The account is locked because a wrong password was given too often. Wait a minute, "
            "then try again.");
    else if (attempt->verdict != PASSWORD_RIGHT)
        aadsts(problem, 50126, "Error validating credentials due to invalid username or password.");
    else if (!attempt->user.enabled)
        aadsts(problem, 50057, "The user account is disabled.");
}

static bool write_attempt(struct request *request, void *context, struct azb_error *err)
{
    struct attempt *attempt = context;
    if (!password_note(request->store, attempt->user.row, attempt->verdict, request->now, err))
        return false;
    if (attempt->verdict != PASSWORD_RIGHT || !attempt->user.enabled)
        return true;
    return session_sign_in(request, &attempt->sign_in->session, &attempt->user, err);
}

static bool show_problem(struct sign_in *sign_in, struct text user_name,
    const struct azb_error *problem, struct reply *reply, struct azb_error *err)
{
    const struct password_page what = {
        .user_name = user_name,
        .problem =
            arena_format(&sign_in->request->arena, "%s (%s)", problem->message, problem->code),
    };
    if (!what.problem)
        return fail_memory(err);
    return show_password_page(sign_in, &what, reply, err);
}

/* From here on the browser must get its new cookie, whatever else goes wrong. */
static bool signed_in(struct sign_in *sign_in, struct reply *reply)
{
    struct azb_error failed = AZB_ERROR_INIT;
    session_reply(sign_in->request, &sign_in->session, reply);
    sign_in->session.is_new = false;
    sign_in->account = &sign_in->session.accounts[0];
    if (!go_on(sign_in, reply, &failed))
        page_error(sign_in->request, reply, &failed);
    azb_error_free(&failed);
    return true;
}

bool sign_in_serve_password(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct form form;
    struct sign_in sign_in;
    struct attempt attempt = {.sign_in = &sign_in};
    struct azb_error problem = AZB_ERROR_INIT;
    bool again;
    if (!sign_in_resume(request, &form, &sign_in, reply, &again, err))
        return false;
    if (again)
        return true;
    struct text password = form_get(&form, "passwd");
    attempt.user_name = text_trim(form_get(&form, "login"));
    if (!check_password(&attempt, password.at ? password : TEXT(""), err))
        return false;
    if (attempt.is_known && !page_write(request, write_attempt, &attempt, err))
        return false;
    judge(&attempt, &problem);
    if (problem.kind != AZB_ERROR_NONE)
        return show_problem(&sign_in, attempt.user_name, &problem, reply, err);
    return signed_in(&sign_in, reply);
}
