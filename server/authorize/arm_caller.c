#include "authorize/authorize.h"
#include "base/error.h"
#include "document.h"

/* What Resource Manager takes, in all clouds; the last one is its application's id. */
static const char *const audiences[] = {
    "https://management.azure.com",
    "https://management.azure.com/",
    "https://management.core.windows.net",
    "https://management.core.windows.net/",
    "https://management.usgovcloudapi.net",
    "https://management.usgovcloudapi.net/",
    "https://management.core.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net/",
    "https://management.chinacloudapi.cn",
    "https://management.chinacloudapi.cn/",
    "https://management.core.chinacloudapi.cn",
    "https://management.core.chinacloudapi.cn/",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
};

bool authorize_arm_caller(struct request *request, struct azb_error *err)
{
    const char *const *all =
        request_audiences(request, audiences, sizeof audiences / sizeof *audiences, NULL);
    return all ? authorize_bearer(request, all, err) : fail_memory(err);
}
