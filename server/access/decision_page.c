/* A decision for people: what was asked, who asked, and why it was refused. */
#include "access/access.h"
#include "entra/page.h"

bool decision_page(struct request *request, struct reply *reply, const struct decision *decision,
    struct azb_error *err)
{
    scoped_page struct page page = {0};
    page_open(&page, request, "Access decision");
    page_format(&page, "<h1>%s</h1>\n", decision->action);
    return page_reply(&page, reply, 200, err);
}
