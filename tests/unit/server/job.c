/* Jobs through the Batch plane: life, conditions, paging, bad input. */
#include "made_batch.h"

#define ID_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void life(void **state)
{
    static const struct step steps[] = {
        {"create", "POST", "/jobs", JOB_BODY("J-1", ""), 201},
        {"same id in another case", "POST", "/jobs", JOB_BODY("j-1", ""), 409, "\"JobExists\""},
        {"get, any case", "GET", "/jobs/j-1", NULL, 200, "\"id\":\"J-1\""},
        {"defaults", "GET", "/jobs/J-1", NULL, 200, "P10675199DT2H48M5.4775807S"},
        {"metadata", "GET", "/jobs/J-1", NULL, 200,
            "\"odata.metadata\":\"https://localhost:8443/$metadata#jobs/@Element\""},
        {"select", "GET", "/jobs/J-1?$select=id", NULL, 200, "Element\",\"id\":\"J-1\"}"},
        {"patch", "PATCH", "/jobs/J-1", "{\"priority\":7}", 200},
        {"patched", "GET", "/jobs/J-1", NULL, 200, "\"priority\":7"},
        {"put without priority", "PUT", "/jobs/J-1", "{\"poolInfo\":{\"poolId\":\"p\"}}", 200},
        {"back to the default", "GET", "/jobs/J-1", NULL, 200, "\"priority\":0"},
        {"another pool while active", "PATCH", "/jobs/J-1", "{\"poolInfo\":{\"poolId\":\"q\"}}",
            409, "OperationInvalidForCurrentState"},
        {"disable", "POST", "/jobs/J-1/disable", "{\"disableTasks\":\"wait\"}", 202},
        {"disabling", "GET", "/jobs/J-1", NULL, 200, "\"state\":\"disabling\""},
        {"", "PASS"},
        {"disabled", "GET", "/jobs/J-1", NULL, 200, "\"state\":\"disabled\""},
        {"another pool while disabled", "PATCH", "/jobs/J-1", "{\"poolInfo\":{\"poolId\":\"q\"}}",
            200},
        {"enable", "POST", "/jobs/J-1/enable", NULL, 202},
        {"previousState", "GET", "/jobs/J-1", NULL, 200, "\"previousState\":\"disabled\""},
        {"enable again", "POST", "/jobs/J-1/enable", NULL, 409},
        {"terminate", "POST", "/jobs/J-1/terminate", NULL, 202},
        {"reason at once", "GET", "/jobs/J-1", NULL, 200, "\"terminateReason\":\"UserTerminate\""},
        {"twice", "POST", "/jobs/J-1/terminate", NULL, 409, "JobBeingTerminated"},
        {"", "PASS"},
        {"completed", "GET", "/jobs/J-1", NULL, 200, "\"state\":\"completed\""},
        {"previousState is no passing one", "GET", "/jobs/J-1", NULL, 200,
            "\"previousState\":\"active\""},
        {"patch of a completed one", "PATCH", "/jobs/J-1", "{\"priority\":1}", 409, "JobCompleted"},
        {"delete", "DELETE", "/jobs/J-1", NULL, 202},
        {"delete again", "DELETE", "/jobs/J-1", NULL, 409, "JobBeingDeleted"},
        {"", "PASS"},
        {"gone", "GET", "/jobs/J-1", NULL, 404, "\"JobNotFound\""},
    };

    (void)state;
    PLAY(steps);
}

static void ends_by_itself(void **state)
{
    static const struct step steps[] = {
        {"create", "POST", "/jobs", JOB_BODY("E", ",\"onAllTasksComplete\":\"terminatejob\""), 201},
        {"", "PASS"},
        {"no tasks are all tasks", "GET", "/jobs/E", NULL, 200, "AllTasksComplete"},
    };

    (void)state;
    PLAY(steps);
}

static void refused(void **state)
{
    static const struct step steps[] = {
        {"not JSON", "POST", "/jobs", "{", 400, "InvalidRequestBody"},
        {"no body", "POST", "/jobs", NULL, 400, "InvalidRequestBody"},
        {"wrong type", "POST", "/jobs", "{\"id\":5}", 400, "\"value\":\"id\""},
        {"missing", "POST", "/jobs", "{\"id\":\"q\"}", 400, "\"value\":\"poolInfo\""},
        {"empty poolInfo", "POST", "/jobs", "{\"id\":\"q\",\"poolInfo\":{}}", 400, "poolInfo"},
        {"unknown", "POST", "/jobs", JOB_BODY("q", ",\"bogus\":1"), 400, "\"value\":\"bogus\""},
        {"read-only", "POST", "/jobs", JOB_BODY("q", ",\"url\":\"x\""), 400, "\"value\":\"url\""},
        {"out of range", "POST", "/jobs", JOB_BODY("q", ",\"priority\":1001"), 400,
            "OutOfRangePriority"},
        {"65 characters", "POST", "/jobs", JOB_BODY(ID_64 "a", ""), 400, "InvalidPropertyValue"},
        {"slash", "POST", "/jobs", JOB_BODY("a/b", ""), 400, "InvalidPropertyValue"},
        {"65 characters in the path", "GET", "/jobs/" ID_64 "a", NULL, 404, "JobNotFound"},
        {"%2F in the path", "GET", "/jobs/a%2Fb", NULL, 404, "JobNotFound"},
        {"no api-version", "GET", "/jobs?x=api-version", NULL, 400,
            "MissingRequiredQueryParameter"},
        {"unknown api-version", "GET", "/jobs?api-version=1999-01-01", NULL, 400, "2025-06-01"},
        {"maxresults", "GET", "/jobs?maxresults=-5", NULL, 400, "MaxResults cannot be less than 1"},
        {"select", "GET", "/jobs?$select=bogus", NULL, 400, "InvalidQueryParameterValue"},
        {"filter", "GET", "/jobs?$filter=bogus%20eq%201", NULL, 400, "InvalidQueryParameterValue"},
        {"skiptoken", "GET", "/jobs?$skiptoken=abc", NULL, 400, "odata.nextLink"},
        {"job manager", "POST", "/jobs",
            JOB_BODY("q", ",\"jobManagerTask\":{\"id\":\"m\",\"commandLine\":\"x\"}"), 400,
            "UnsupportedProperty"},
        {"automatic pool", "POST", "/jobs",
            "{\"id\":\"q\",\"poolInfo\":{\"autoPoolSpecification\":{\"poolLifetimeOption\":\"job\"}"
            "}}",
            400, "poolInfo.autoPoolSpecification"},
        {"retired", "GET", "/certificates", NULL, 410, "has been retired"},
        {"retired, one", "GET", "/certificates(thumbprintAlgorithm=sha1,thumbprint=ab)", NULL, 410,
            "has been retired"},
        {"not served", "GET", "/jobschedules", NULL, 501, "\"NotImplemented\""},
        {"no such thing", "GET", "/nothing", NULL, 404, "\"ResourceNotFound\""},
        {"none of it was made", "GET", "/jobs?$filter=id%20eq%20'q'", NULL, 200, "\"value\":[]"},
    };

    (void)state;
    PLAY(steps);
}

static void conditions(void **state)
{
    static const struct step steps[] = {
        {"create", "POST", "/jobs", JOB_BODY("C", ""), 201},
        {"read, not changed since", "GET", "/jobs/C", NULL, 304, NULL, {"If-None-Match", "*"}},
        {"read, other version", "GET", "/jobs/C", NULL, 304, NULL, {"If-Match", "0x1"}},
        {"write, other version", "PATCH", "/jobs/C", "{\"priority\":1}", 412, "ConditionNotMet",
            {"If-Match", "0x1"}},
        {"write, any version", "PATCH", "/jobs/C", "{\"priority\":1}", 200, NULL,
            {"If-Match", "*"}},
        {"bad date", "GET", "/jobs/C", NULL, 400, "InvalidHeaderValue",
            {"If-Modified-Since", "yesterday"}},
        {"changed since long ago", "GET", "/jobs/C", NULL, 200, NULL,
            {"If-Modified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"}},
        {"unchanged since long ago", "DELETE", "/jobs/C", NULL, 412, NULL,
            {"If-Unmodified-Since", "Mon, 01 Jan 2001 00:00:00 GMT"}},
    };

    (void)state;
    PLAY(steps);
}

/* Follows next links until the last page while jobs come and go in between. */
static void pages(void **state)
{
    static const struct step steps[] = {
        {"a", "POST", "/jobs", JOB_BODY("page-a", ""), 201},
        {"b", "POST", "/jobs", JOB_BODY("page-b", ""), 201},
        {"c", "POST", "/jobs", JOB_BODY("page-c", ""), 201},
    };
    static const char filter[] = "/jobs?maxresults=1&$filter=startswith(id,'page-')";
    char link[2048];
    const char *path = filter, *const expected[] = {"page-a", "page-b", "page-c"};

    (void)state;
    PLAY(steps);
    for (size_t i = 0; i < 3; i++) {
        struct step step = {expected[i], "GET", path, NULL, 200, expected[i], {NULL, NULL}};
        struct made made;
        char sent[2048];
        const struct json *page = NULL;
        struct text next;

        send_request(&made, &step, sent);
        check_reply(&made, &step);
        page = made_reply_json(&made);
        assert_int_equal(json_get(page, "value")->count, 1);
        next = json_get_text(page, "odata.nextLink");
        assert_int_equal(next.at != NULL, i < 2);
        if (next.at)
            snprintf(link, sizeof(link), "%.*s", TEXT_ARGS(next));
        made_free(&made);
        path = link + strlen("https://" MADE_HOST);
    }
}

static void headers(void **state)
{
    struct step step = {"create", "POST", "/jobs", JOB_BODY("Head", ""), 201, NULL,
        {"return-client-request-id", "true"}};
    struct made made;
    char path[2048];

    (void)state;
    send_request(&made, &step, path);
    check_reply(&made, &step);
    assert_string_equal(made_reply_header(&made, "Location"), "https://" MADE_HOST "/jobs/job-1");
    assert_string_equal(
        made_reply_header(&made, "DataServiceId"), "https://" MADE_HOST "/jobs/job-1");
    assert_string_equal(made_reply_header(&made, "DataServiceVersion"), "3.0");
    assert_true(strncmp(made_reply_header(&made, "ETag"), "0x8D", 4) == 0);
    made_free(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life),
        cmocka_unit_test(ends_by_itself),
        cmocka_unit_test(refused),
        cmocka_unit_test(conditions),
        cmocka_unit_test(pages),
        cmocka_unit_test(headers),
    };

    return cmocka_run_group_tests(tests, batch_start, batch_stop);
}
