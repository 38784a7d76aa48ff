/*
 * arm/page.h - lists in pages, as Resource Manager gives them: {"value": [...], "nextLink": "..."}.
 *
 * The list comes in a fixed order, each item with a key: a page goes on behind the key of the last
 * one, so that what is made or removed between two pages neither repeats nor hides another item.
 *
 *     if (!arm_page_begin(&page, request, &text, err))
 *         return false;
 *     ... for each item, best from behind page.after on:
 *         if (!arm_page_wants(&page, key))
 *             break;
 *         write_thing(&page.writer, ...);
 *     return arm_page_end(&page, reply, err);
 */
#ifndef SERVER_ARM_PAGE_H
#define SERVER_ARM_PAGE_H

#include "base/json.h"
#include "request.h"

#define ARM_PAGE_MAX 1000 /* items, also without $top */

struct arm_page {
    struct request *request;
    struct buffer *out;
    struct json_writer writer;
    struct text after; /* the key that the page goes on behind; absent on the first page */
    const char *last;  /* the key of the item that was written last */
    size_t top, count;
    bool more;
};

/* Reads $top (1 to ARM_PAGE_MAX, larger is as much) and $skiptoken: 400 InvalidQueryParameter and
 * InvalidSkipToken when they make no sense or the token is one of another list. `out` is for the
 * caller to free, also after a failure. */
bool arm_page_begin(
    struct arm_page *page, struct request *request, struct buffer *out, struct azb_error *err);
/* True: the item was in a page before; keys grow bytewise. Not for who asks the store from
 * page.after on. */
bool arm_page_passed(const struct arm_page *page, struct text key);
/* True: write the item now. False: the page is full, and there is one more. */
bool arm_page_wants(struct arm_page *page, struct text key);
/* The page as a reply of 200. */
bool arm_page_end(struct arm_page *page, struct reply *reply, struct azb_error *err);

#endif
