#include "entra/device_page.h"

#include "base/error.h"
#include "directory/directory.h"
#include "entra/aadsts.h"
#include "entra/authorization.h"
#include "entra/authorize.h"
#include "entra/state.h"

#define DEVICE_PATH "/common/oauth2/deviceauth"
#define QUERY_MAX 512
#define CODE_MAX 64 /* characters somebody may type, spaces and dashes too */

/* ---- The code -------------------------------------------------------------------------------- */

/* Wrong codes of the last minute; a new minute begins with the first one after it. */
static bool may_guess(struct request *request, struct azb_error *err)
{
    struct entra *entra = request->service->entra;
    int64_t since = atomic_load(&entra->wrong_codes_since);
    int64_t until = since + DEVICE_WRONG_CODES_S * TICKS_PER_SECOND;
    if (request->now >= until || request->now < since)
        atomic_store(&entra->wrong_codes, 0);
    return atomic_load(&entra->wrong_codes) < DEVICE_WRONG_CODES_MAX ||
           aadsts(err, 90055, "Too many wrong codes were entered. Wait a minute, then try again.");
}

static void count_wrong(struct request *request)
{
    struct entra *entra = request->service->entra;
    if (atomic_fetch_add(&entra->wrong_codes, 1) == 0)
        atomic_store(&entra->wrong_codes_since, request->now);
}

static bool find_code(
    struct request *request, struct text user_code, struct device_code *out, struct azb_error *err)
{
    if (!may_guess(request, err))
        return false;
    if (device_code_find(request, text_slice(user_code, 0, CODE_MAX), out, err))
        return true;
    if (aadsts_number(err))
        count_wrong(request);
    return false;
}

/* ---- The page that asks for it -----------------------------------------------------------------
 */

static void write_code_field(struct page *page, struct text code, bool is_wrong)
{
    page_format(page,
        "<label for=\"otc\">Code</label>\n<input type=\"text\" class=\"code\" id=\"otc\" "
        "name=\"otc\" value=\"%.*s\" autocomplete=\"off\" autocapitalize=\"characters\" "
        "spellcheck=\"false\" maxlength=\"64\" required autofocus aria-describedby=\"%s\" "
        "aria-invalid=\"%s\">\n"
        "<div class=\"buttons\"><button>Next</button></div>\n</form>\n",
        TEXT_ARGS(code), is_wrong ? "problem" : "what", is_wrong ? "true" : "false");
}

static bool show_code_page(struct request *request, const struct session *session, struct text code,
    const char *problem, struct reply *reply, struct azb_error *err)
{
    scoped_page struct page page = {0};
    page_open(&page, request, problem ? "Enter code: try again" : "Enter code");
    page_format(&page,
        "<h1>Enter code</h1>\n<p id=\"what\">Type the code that your program or device shows. "
        "Never type one that somebody sent you.</p>\n");
    page_problem(&page, problem);
    page_format(&page, "<form method=\"post\" action=\"" DEVICE_PATH "\">\n");
    page_hidden(&page, "token", text_of(session_form_token(request, session)));
    write_code_field(&page, code, problem != NULL);
    session_reply(request, session, reply);
    return page_reply(&page, reply, 200, err);
}

bool device_page_serve(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct session session;
    if (!session_read(request, &session, err))
        return false;
    struct text code = text_slice(request_query(request, "otc"), 0, CODE_MAX);
    return show_code_page(request, &session, code, NULL, reply, err);
}

bool device_page_serve_alias(struct request *request, struct reply *reply, struct azb_error *err)
{
    (void)err;
    (void)request;
    reply->status = 302;
    reply->body = TEXT("");
    reply_header(reply, "Location", DEVICE_PATH);
    return true;
}

static bool begin_visit(
    struct request *request, struct text code, struct reply *reply, struct azb_error *err)
{
    scoped_buffer struct buffer query = {0};
    buffer_init(&query, QUERY_MAX);
    buffer_add_form(&query, "user_code", code);
    struct sign_in_place place = {.tenant = TEXT("common")};
    place.query = (struct text){
        query.failed ? NULL : arena_copy(&request->arena, query.at, query.length), query.length};
    return place.query.at ? sign_in_begin(request, &purpose_device, &place, reply, err)
                          : fail_memory(err);
}

bool device_page_serve_code(struct request *request, struct reply *reply, struct azb_error *err)
{
    struct form form;
    struct session session;
    struct device_code device;
    struct azb_error problem = AZB_ERROR_INIT;
    if (!form_parse(request, &form, err) || !session_read(request, &session, err))
        return false;
    struct text code = text_slice(form_get(&form, "otc"), 0, CODE_MAX);
    if (!session_owns_form(request, &session, &form))
        return show_code_page(request, &session, code,
            "This page came without its cookie. Allow cookies for this site, then try again.",
            reply, err);
    if (find_code(request, code, &device, &problem))
        return begin_visit(request, code, reply, err);
    if (!aadsts_number(&problem))
        return error_move(err, &problem);
    return show_code_page(request, &session, code,
        arena_format(&request->arena, "%s (%s)", problem.message, problem.code), reply, err);
}

/* ---- The visit ------------------------------------------------------------------------------- */

static bool read_scopes(
    struct sign_in *sign_in, const struct authorization *authorization, struct azb_error *err)
{
    struct request *request = sign_in->request;
    if (authorization->resource)
        return scopes_of_resource(request, text_of(authorization->resource), &sign_in->scopes, err);
    return scopes_parse(request, text_of(authorization->scope), &sign_in->scopes, err);
}

static bool read_visit(struct sign_in *sign_in, struct azb_error *err)
{
    struct device_code *device = arena_alloc(&sign_in->request->arena, sizeof *device);
    struct application application;
    bool twice = false;
    if (!device)
        return fail_memory(err);
    sign_in->tenant = TEXT("common");
    sign_in->detail = device;
    sign_in->prompt =
        PROMPT_SELECT_ACCOUNT; /* whose program this is to be is for the user to say */
    return find_code(
               sign_in->request, authorize_parameter(sign_in, "user_code", &twice), device, err) &&
           authorize_find_client(
               sign_in, text_of(device->authorization.client_app_id), &application, err) &&
           read_scopes(sign_in, &device->authorization, err);
}

static bool confirm(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    scoped_page struct page page = {0};
    sign_in_page(sign_in, &page, "Is it you who started this?");
    page_format(&page, "<h1>Are you trying to sign in to %s?</h1>\n", sign_in->client_name);
    sign_in_write_account(sign_in, &page);
    page_format(&page,
        "<p>Continue only if you started this yourself, in a program or on a device that you "
        "trust. If somebody sent you the code, cancel: they would act in your name.</p>\n");
    sign_in_form(sign_in, &page, "/device");
    page_format(&page,
        "<div class=\"buttons\"><button name=\"decision\" value=\"continue\">Continue</button>"
        "<button class=\"second\" name=\"decision\" value=\"cancel\">Cancel</button></div>\n"
        "</form>\n");
    return sign_in_reply(sign_in, &page, reply, err);
}

struct answer {
    int64_t row;
    const char *user_id, *session_id; /* NULL: declined */
};

static bool write_answer(struct request *request, void *context, struct azb_error *err)
{
    const struct answer *answer = context;
    return device_code_answer(request, answer->row, answer->user_id, answer->session_id, err);
}

static bool finish(struct sign_in *sign_in, struct reply *reply, struct azb_error *err)
{
    const struct device_code *device = sign_in->detail;
    struct answer answer = {device->row, sign_in->account->user.object_id, sign_in->account->id};
    char *done = arena_format(&sign_in->request->arena,
        "You have signed in to %s on your device. You may close this window.",
        sign_in->client_name);
    if (!done)
        return fail_memory(err);
    return page_write(sign_in->request, write_answer, &answer, err) &&
           page_notice(sign_in->request, reply, "You are signed in", done, err);
}

static bool decline(struct sign_in *sign_in, struct reply *reply, const struct azb_error *why,
    struct azb_error *err)
{
    const struct device_code *device = sign_in->detail;
    struct answer answer = {.row = device->row};
    if (!page_write(sign_in->request, write_answer, &answer, err))
        return false;
    if (aadsts_number(why) != 65004) {
        page_error(sign_in->request, reply, why);
        return true;
    }
    return page_notice(sign_in->request, reply, "You declined",
        "Nothing was signed in. You may close this window.", err);
}

const struct purpose purpose_device = {
    .name = "device", .read = read_visit, .confirm = confirm, .finish = finish, .decline = decline};

bool device_page_serve_confirmed(
    struct request *request, struct reply *reply, struct azb_error *err)
{
    struct form form;
    struct sign_in sign_in;
    struct azb_error why = AZB_ERROR_INIT;
    bool again;
    if (!sign_in_resume_as(request, &form, &sign_in, reply, &again, err))
        return false;
    if (again)
        return true;
    if (text_is(form_get(&form, "decision"), "continue"))
        return sign_in_confirmed(&sign_in, reply, err);
    aadsts(&why, 65004, "User declined to sign in to the app.");
    return sign_in.purpose->decline(&sign_in, reply, &why, err);
}
