/*
 * made_browser.h - a browser for tests of the pages: whole requests through the exchange, one
 * cookie, and forms that are filled in and sent as a person's browser would.
 */
#ifndef TESTS_SERVER_MADE_BROWSER_H
#define TESTS_SERVER_MADE_BROWSER_H

#include "made_service.h"

#include "directory/permission.h"
#include "directory/user.h"
#include "exchange.h"

#define BROWSER_TEXT (64 * 1024)

struct browser {
    struct service *service;
    struct exchange exchange; /* the last one: reply, headers, body */
    char cookie[128];         /* "name=value", or "" */
    const char *accept;       /* NULL sends none */
    const char *origin, *fetch_site;
    char body[BROWSER_TEXT]; /* of the last reply */
    char sent[BROWSER_TEXT]; /* of the last form */
};

MADE void browser_open(struct browser *browser, struct service *service)
{
    *browser = (struct browser){.service = service, .accept = "text/html,*/*"};
}

MADE void browser_close(struct browser *browser)
{
    exchange_reset(&browser->exchange);
    arena_wipe(&browser->exchange.request.arena);
}

MADE const char *browser_header(const struct browser *browser, const char *name)
{
    const struct reply *reply = &browser->exchange.reply;
    for (size_t i = 0; i < reply->header_count; i++)
        if (string_equal_nocase(reply->headers[i].name, name))
            return reply->headers[i].value;
    return NULL;
}

MADE void browser_keep(struct browser *browser)
{
    const struct text body = browser->exchange.reply.body;
    const char *cookie = browser_header(browser, "Set-Cookie");
    assert_true(body.length < sizeof browser->body);
    memcpy(browser->body, body.at ? body.at : "", body.length);
    browser->body[body.length] = '\0';
    if (cookie)
        snprintf(
            browser->cookie, sizeof browser->cookie, "%.*s", (int)strcspn(cookie, ";"), cookie);
}

MADE void browser_add(struct browser *browser, const char *name, const char *value)
{
    if (value && *value)
        exchange_add_header(&browser->exchange, name, value);
}

/* `form` NULL is a GET. */
MADE int browser_send(struct browser *browser, const char *target, const char *form)
{
    struct exchange *exchange = &browser->exchange;
    exchange_reset(exchange);
    exchange_start(exchange, browser->service, target);
    browser_add(browser, "Host", MADE_HOST);
    browser_add(browser, "Accept", browser->accept);
    browser_add(browser, "Cookie", browser->cookie);
    browser_add(browser, "Origin", browser->origin);
    browser_add(browser, "Sec-Fetch-Site", browser->fetch_site);
    browser_add(browser, "Content-Type", form ? "application/x-www-form-urlencoded" : NULL);
    exchange_begin(exchange, form ? "POST" : "GET");
    if (form)
        exchange_add_body(exchange, form, strlen(form));
    assert_false(exchange_dispatch(exchange)); /* pages write by themselves */
    exchange_finish(exchange);
    browser_keep(browser);
    return exchange->reply.status;
}

MADE int browser_get(struct browser *browser, const char *target)
{
    return browser_send(browser, target, NULL);
}

/* The reverse of what page_text() does. */
MADE size_t browser_unescape(const char *from, size_t length, char *to, size_t room)
{
    static const struct {
        const char *entity;
        char c;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    size_t out = 0;
    for (size_t at = 0; at < length; out++) {
        size_t step = 1;
        to[out] = from[at];
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
            if (strncmp(from + at, entities[i].entity, strlen(entities[i].entity)) == 0) {
                to[out] = entities[i].c;
                step = strlen(entities[i].entity);
            }
        at += step;
        assert_true(out + 1 < room);
    }
    to[out] = '\0';
    return out;
}

/* value="..." of the first field of that name at or after `from`. */
MADE bool browser_field(const char *from, const char *name, char *out, size_t room)
{
    char mark[64];
    snprintf(mark, sizeof mark, "name=\"%s\" value=\"", name);
    const char *at = strstr(from, mark);
    if (!at)
        return false;
    at += strlen(mark);
    browser_unescape(at, strcspn(at, "\""), out, room);
    return true;
}

/* Sends the form whose action ends with `action`: what is hidden in it, and `filled` ("a=b"). */
MADE int browser_submit(struct browser *browser, const char *action, const char *filled)
{
    static const char *const hidden[] = {"purpose", "query", "token", "account"};
    static char value[BROWSER_TEXT];
    char mark[64], target[256];
    struct buffer form;
    snprintf(mark, sizeof mark, "%s\">", action);
    const char *end = strstr(browser->body, mark);
    assert_non_null(end);
    const char *start = end;
    while (strncmp(start, "action=\"", 8) != 0)
        start--;
    snprintf(target, sizeof target, "%.*s", (int)(end + strlen(action) - start - 8), start + 8);
    buffer_init(&form, BROWSER_TEXT);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (browser_field(start, hidden[i], value, sizeof value))
            buffer_add_form(&form, hidden[i], text_of(value));
    if (*filled)
        buffer_format(&form, "%s%s", form.length ? "&" : "", filled);
    snprintf(browser->sent, sizeof browser->sent, "%s", form.at);
    buffer_free(&form);
    return browser_send(browser, target, browser->sent);
}

MADE void browser_has(const struct browser *browser, const char *word)
{
    if (!strstr(browser->body, word))
        fail_msg("the page does not hold '%s':\n%s", word, browser->body);
}

MADE void browser_has_not(const struct browser *browser, const char *word)
{
    if (strstr(browser->body, word))
        fail_msg("the page holds '%s':\n%s", word, browser->body);
}

/* The headers that all pages have. */
MADE void browser_is_safe(const struct browser *browser)
{
    const char *policy = browser_header(browser, "Content-Security-Policy");
    assert_non_null(policy);
    assert_non_null(strstr(policy, "default-src 'none'"));
    assert_non_null(strstr(policy, "frame-ancestors 'none'"));
    assert_non_null(strstr(policy, "base-uri 'none'"));
    assert_null(strstr(policy, "unsafe"));
    assert_string_equal(browser_header(browser, "X-Frame-Options"), "DENY");
    assert_string_equal(browser_header(browser, "Referrer-Policy"), "no-referrer");
    assert_string_equal(browser_header(browser, "X-Content-Type-Options"), "nosniff");
    assert_string_equal(browser_header(browser, "Cache-Control"), "no-store, no-cache");
}

/* One parameter of the Location that the reply leads to. */
MADE bool browser_location(struct browser *browser, const char *name, char *out, size_t room)
{
    struct text value, query = text_of(browser_header(browser, "Location"));
    assert_non_null(query.at);
    const char *mark = strpbrk(query.at, "?#");
    assert_non_null(mark);
    query = text_of(mark + 1);
    int found = text_form_get(&browser->exchange.request.arena, query, name, &value);
    if (found == 1)
        snprintf(out, room, "%.*s", TEXT_ARGS(value));
    return found == 1;
}

MADE void browser_expect_location(struct browser *browser, const char *start)
{
    const char *location = browser_header(browser, "Location");
    assert_non_null(location);
    if (strncmp(location, start, strlen(start)) != 0)
        fail_msg("leads to '%s', not to '%s'", location, start);
}

/* ---- Who there is ---------------------------------------------------------------------------- */

#define ANN "ann@azb.onmicrosoft.com"
#define BOB "bob@azb.onmicrosoft.com"
#define PASSWORD "correct-horse-battery"

/* An application with redirect URIs that asks for user_impersonation on Batch. */
struct made_web {
    const char *name;
    enum redirect_kind kind;
    const char *uris[4];
    bool multi_tenant, disabled;
    char app_id[GUID_TEXT];
};

MADE bool made_web_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct made_web *web = context;
    struct redirect_uri uris[4];
    struct application application;
    struct service_principal principal;
    scoped_arena struct arena arena = {0};
    size_t count = 0;
    arena_init(&arena, 0);
    for (; count < 4 && web->uris[count]; count++)
        uris[count] = (struct redirect_uri){web->kind, web->uris[count]};
    const struct new_application what = {.display_name = web->name,
        .redirect_uris = uris,
        .redirect_uri_count = count,
        .audience = web->multi_tenant ? SIGN_IN_MULTIPLE_ORGS : SIGN_IN_MY_ORG,
        .now = 1};
    if (!application_add(connection, &what, &arena, &application, err) ||
        !service_principal_add(
            connection, text_of(application.app_id), NULL, 1, &arena, &principal, err))
        return false;
    snprintf(web->app_id, GUID_TEXT, "%s", application.app_id);
    return !web->disabled || service_principal_enable(connection, principal.row, false, err);
}

MADE void made_web_add(struct service *service, struct made_web *web)
{
    made_write(service, made_web_work, web);
}

struct made_user {
    const char *name;
    bool administrator, disabled;
    char object_id[GUID_TEXT];
};

MADE bool made_user_work(struct store_connection *connection, void *context, struct azb_error *err)
{
    struct made_user *made = context;
    struct user user;
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct new_user what = {.user_principal_name = made->name,
        .display_name = "A <b>user</b> & more",
        .password = PASSWORD,
        .now = 1};
    if (!user_create(connection, &what, &arena, &user, err))
        return false;
    snprintf(made->object_id, GUID_TEXT, "%s", user.object_id);
    if (made->disabled && !user_set_enabled(connection, user.row, false, err))
        return false;
    return !made->administrator ||
           directory_role_add(connection, DIRECTORY_ROLE_GLOBAL_ADMINISTRATOR, user.object_id, err);
}

MADE void made_user_add(struct service *service, struct made_user *made)
{
    made_write(service, made_user_work, made);
}

#endif
