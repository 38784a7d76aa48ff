/* Device codes: the endpoint that gives them, the person's answer, and polling for it. */
#include "made_people.h"

#define DEVICE_V2_ROW "/{tenant}/oauth2/v2.0/devicecode"
#define DEVICE_V1_ROW "/{tenant}/oauth2/devicecode"
#define ASK                                                                                        \
    "client_id={native}&scope=openid+offline_access+https%3A%2F%2Fbatch.core.windows.net%2F%2F"    \
    ".default"
#define POLL "grant_type=device_code&client_id={native}&device_code={device}"
#define POLL_URN                                                                                   \
    "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id={native}"         \
    "&device_code={device}&code={device}"

static struct service service;
static struct people people;
static char device[128], user_code[USER_CODE_TEXT];

static int start(void **state)
{
    (void)state;
    made_start(&service);
    people_add(&service, &people);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    made_stop(&service);
    return 0;
}

static void ask(struct made *made, const char *row, const char *tenant, const char *form)
{
    scoped_arena struct arena arena = {0};
    arena_init(&arena, 0);
    const struct form_value values[] = {{"device", device}};
    post_form(made, &service, row, tenant, fill_form(&arena, &people, form, values, 1));
}

static void begin(void)
{
    struct made made;
    ask(&made, DEVICE_V2_ROW, MADE_TENANT, ASK);
    assert_int_equal(made.reply.status, 200);
    snprintf(device, sizeof device, "%.*s", TEXT_ARGS(reply_text(&made, "device_code")));
    snprintf(user_code, sizeof user_code, "%.*s", TEXT_ARGS(reply_text(&made, "user_code")));
    made_free(&made);
}

static void expect_poll(const char *form, int status, int number, const char *word)
{
    struct made made;
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, form);
    assert_int_equal(made.reply.status, status);
    if (status != 200) {
        assert_int_equal(reply_number(&made), number);
        made_text_equal(reply_text(&made, "error"), word);
    }
    made_free(&made);
}

/* ---- The endpoint ---------------------------------------------------------------------------- */

static void test_reply(void **state)
{
    (void)state;
    struct made made;
    char message[300];
    ask(&made, DEVICE_V2_ROW, "common", "client_id={other}&scope=openid");
    assert_int_equal(made.reply.status, 200);
    const struct json *body = made_reply_json(&made);
    struct text code = json_get_text(body, "user_code");
    assert_int_equal(code.length, 9);
    for (size_t i = 0; i < code.length; i++)
        assert_non_null(strchr("BCDFGHJKLMNPQRSTVWXZ", code.at[i]));
    made_text_equal(
        json_get_text(body, "verification_uri"), "https://" MADE_HOST "/common/oauth2/deviceauth");
    assert_int_equal(json_get_i64(body, "expires_in", 0), 900);
    assert_int_equal(json_get_i64(body, "interval", 0), 5);
    snprintf(message, sizeof message,
        "To sign in, use a web browser to open the page https://" MADE_HOST
        "/common/oauth2/deviceauth and enter the code %.*s to authenticate.",
        TEXT_ARGS(code));
    made_text_equal(json_get_text(body, "message"), message);
    made_free(&made);
}

static void test_reply_v1(void **state)
{
    (void)state;
    struct made made;
    ask(&made, DEVICE_V1_ROW, MADE_TENANT,
        "client_id={native}&resource=https%3A%2F%2Fbatch.core.windows.net%2F");
    assert_int_equal(made.reply.status, 200);
    made_text_equal(reply_text(&made, "expires_in"), "900");
    made_text_equal(reply_text(&made, "interval"), "5");
    assert_true(reply_text(&made, "verification_url").length > 0);
    assert_null(json_get(made_reply_json(&made), "verification_uri"));
    made_free(&made);
    /* "adfs" speaks v2 on the paths of v1, when it is asked so */
    ask(&made, DEVICE_V1_ROW, "adfs", ASK);
    assert_int_equal(json_get_i64(made_reply_json(&made), "interval", 0), 5);
    made_free(&made);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *name, *tenant, *form;
        int status, number;
    } rows[] = {
        {"no client", MADE_TENANT, "scope=openid", 400, 900144},
        {"unknown client", MADE_TENANT,
            "scope=openid&client_id=aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", 400, 700016},
        {"no scope", MADE_TENANT, "client_id={native}", 400, 900144},
        {"unknown resource", MADE_TENANT, "client_id={native}&scope=https%3A%2F%2Fx.example%2Fa",
            400, 500011},
        {"resource on v2", MADE_TENANT, "client_id={native}&resource=x", 400, 901002},
        {"common for one tenant's", "common", ASK, 400, 50194},
        {"unknown tenant", "contoso.com", ASK, 400, 90002},
        {"wrong secret", MADE_TENANT, "client_id={web}&client_secret=x&scope=openid", 401, 7000215},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made made;
        print_message("  %s\n", rows[i].name);
        ask(&made, DEVICE_V2_ROW, rows[i].tenant, rows[i].form);
        assert_int_equal(reply_number(&made), rows[i].number);
        assert_int_equal(made.reply.status, rows[i].status);
        made_free(&made);
    }
}

/* ---- Polling --------------------------------------------------------------------------------- */

static void test_accepted(void **state)
{
    (void)state;
    struct made made;
    begin();
    expect_poll(POLL_URN, 400, 70016, "authorization_pending");
    page_answer(&service, text_of(user_code), people.ann);
    ask(&made, TOKEN_V2_ROW, MADE_TENANT, POLL_URN "&client_info=1");
    assert_int_equal(made.reply.status, 200);
    made_text_equal(json_get_text(reply_claims(&made, "access_token"), "oid"), people.ann);
    made_text_equal(json_get_text(reply_claims(&made, "id_token"), "aud"), people.native);
    assert_true(reply_text(&made, "refresh_token").length >= 43);
    assert_true(reply_text(&made, "client_info").length > 0);
    made_free(&made);
    expect_poll(POLL, 400, 54005, "invalid_grant"); /* once */
}

static void test_other_ends(void **state)
{
    (void)state;
    begin();
    page_answer(&service, text_of(user_code), NULL);
    expect_poll(POLL, 400, 0, "authorization_declined");
    begin();
    expect_poll("grant_type=device_code&client_id={other}&device_code={device}", 400, 70018,
        "bad_verification_code");
    expect_poll("grant_type=device_code&client_id={native}&device_code=x", 400, 70018,
        "bad_verification_code");
    expect_poll("grant_type=device_code&client_id={native}", 400, 900144, "invalid_request");
    expect_poll("grant_type=device_code&client_id={web}&device_code={device}", 401, 7000218,
        "invalid_client");
    clock_move(&service.clock, (DEVICE_CODE_LIFETIME_S + 1) * 1000);
    expect_poll(POLL, 400, 70020, "expired_token");
    clock_move(&service.clock, -(DEVICE_CODE_LIFETIME_S + 1) * 1000);
}

static void test_slow_down(void **state)
{
    (void)state;
    begin();
    entra_set_slow_down(service.entra, true);
    expect_poll(POLL, 400, 0, "slow_down");
    entra_set_slow_down(service.entra, false);
    expect_poll(POLL, 400, 70016, "authorization_pending");
}

/* People write codes as they like. */
static void test_user_codes(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int small, dash;
    } rows[] = {{"as shown", 0, 0}, {"small letters", 1, 0}, {"in groups", 0, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made made;
        struct device_code found;
        char typed[24] = "";
        begin();
        print_message("  %s\n", rows[i].name);
        for (size_t at = 0; user_code[at]; at++)
            snprintf(typed + strlen(typed), sizeof typed - strlen(typed), "%c%s",
                rows[i].small ? user_code[at] + 32 : user_code[at],
                rows[i].dash && at % 3 == 2 ? " - " : "");
        made_request(&made, &service, PLANE_ENTRA, "GET", "/");
        assert_true(device_code_find(&made.request, text_of(typed), &found, &made.err));
        assert_string_equal(found.user_code, user_code);
        assert_string_equal(found.authorization.client_app_id, people.native);
        clock_move(&service.clock, (DEVICE_CODE_LIFETIME_S + 1) * 1000);
        made.request.now = clock_ticks(&service.clock);
        assert_false(device_code_find(&made.request, text_of(typed), &found, &made.err));
        assert_string_equal(made.err.code, "AADSTS70019");
        clock_move(&service.clock, -(DEVICE_CODE_LIFETIME_S + 1) * 1000);
        made_free(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reply),
        cmocka_unit_test(test_reply_v1),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_accepted),
        cmocka_unit_test(test_other_ends),
        cmocka_unit_test(test_slow_down),
        cmocka_unit_test(test_user_codes),
    };
    return cmocka_run_group_tests_name("server/token_device", tests, start, stop);
}
