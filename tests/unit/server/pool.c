/* Pools and nodes through the Batch plane. */
#include "made_batch.h"

static void life(void **state)
{
    static const struct step steps[] = {
        {"create", "POST", "/pools", POOL_BODY("P", "2"), 201},
        {"same id", "POST", "/pools", POOL_BODY("p", "2"), 409, "PoolExists"},
        {"resizing", "GET", "/pools/p", NULL, 200, "\"allocationState\":\"resizing\""},
        {"resize while resizing", "POST", "/pools/P/resize", "{\"targetDedicatedNodes\":1}", 409,
            "PoolBeingResized"},
        {"exists", "HEAD", "/pools/P", NULL, 200},
        {"", "PASS"},
        {"steady", "GET", "/pools/P", NULL, 200, "\"allocationState\":\"steady\""},
        {"nodes", "GET", "/pools/P", NULL, 200, "\"currentDedicatedNodes\":2"},
        {"size in lower case", "GET", "/pools/P", NULL, 200, "\"standard_d1_v2\""},
        {"node list", "GET", "/pools/P/nodes?$filter=state%20eq%20'idle'", NULL, 200, "tvmps_"},
        {"counts", "GET", "/nodecounts", NULL, 200, "\"idle\":2"},
        {"counts of one", "GET", "/nodecounts?$filter=poolId%20eq%20'none'", NULL, 200,
            "\"value\":[]"},
        {"no node", "GET", "/pools/P/nodes/none", NULL, 404, "NodeNotFound"},
        {"grow", "POST", "/pools/P/resize", "{\"targetDedicatedNodes\":3}", 202},
        {"stop", "POST", "/pools/P/stopresize", NULL, 202},
        {"", "PASS"},
        {"stopped", "GET", "/pools/P", NULL, 200, "\"ResizeStopped\""},
        {"shrink", "POST", "/pools/P/resize", "{\"targetDedicatedNodes\":1}", 202},
        {"", "PASS"},
        {"one left", "GET", "/pools/P", NULL, 200, "\"currentDedicatedNodes\":1"},
        {"slots under nodes", "PATCH", "/pools/P", "{\"taskSlotsPerNode\":2}", 409,
            "OperationInvalidForCurrentState"},
        {"name", "PATCH", "/pools/P", "{\"displayName\":\"n\"}", 200},
        {"named", "GET", "/pools/P", NULL, 200, "\"displayName\":\"n\""},
        {"delete", "DELETE", "/pools/P", NULL, 202},
        {"write while deleting", "POST", "/pools/P/resize", "{\"targetDedicatedNodes\":1}", 409,
            "PoolBeingDeleted"},
        {"", "PASS"},
        {"gone", "GET", "/pools/P", NULL, 404, "PoolNotFound"},
        {"gone for HEAD", "HEAD", "/pools/P", NULL, 404},
    };

    (void)state;
    PLAY(steps);
}

static void refused(void **state)
{
    static const struct step steps[] = {
        {"no machine", "POST", "/pools", "{\"id\":\"q\",\"vmSize\":\"s\"}", 400,
            "virtualMachineConfiguration"},
        {"negative target", "POST", "/pools", POOL_BODY("q", "-1"), 400, "targetDedicatedNodes"},
        {"empty resize", "POST", "/pools/q/resize", "{}", 400, "targetDedicatedNodes"},
        {"resize of no pool", "POST", "/pools/q/resize", "{\"targetDedicatedNodes\":1}", 404,
            "PoolNotFound"},
        {"formula", "POST", "/pools/q/evaluateautoscale", "{\"autoScaleFormula\":\"x\"}", 501,
            "NotImplemented"},
    };

    (void)state;
    PLAY(steps);
}

static void images(void **state)
{
    static const struct step steps[] = {
        {"all", "GET", "/supportedimages", NULL, 200, "batch.node.debian 12"},
        {"a page", "GET", "/supportedimages?maxresults=1", NULL, 200, "odata.nextLink"},
    };

    (void)state;
    PLAY(steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(life),
        cmocka_unit_test(refused),
        cmocka_unit_test(images),
    };

    return cmocka_run_group_tests(tests, batch_start, batch_stop);
}
