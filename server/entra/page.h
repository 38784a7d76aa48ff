/*
 * entra/page.h - HTML for people: the writer that escapes, the frame of all pages, their headers.
 *
 * Markup is written as literals in the code; every value goes through page_format() or page_text(),
 * which escape it, so that no input can leave the place it was put in. Attribute values must stand
 * in double quotes. Pages load nothing: their one style sheet is inline and named by its hash.
 *
 * RFC 9700 section 4.16 (no framing), 4.2.4 (no referrer), W3C Content Security Policy Level 3.
 */
#ifndef SERVER_ENTRA_PAGE_H
#define SERVER_ENTRA_PAGE_H

#include "request.h"

#define PAGE_MAX (256 * 1024)

struct page {
    struct request *request;
    struct buffer html;      /* fails once, is asked once: page_reply() */
    bool submits_itself;     /* the one script is on it */
    const char *form_target; /* CSP form-action beyond 'self'; NULL is none */
};

/* Head, and the frame's upper half. `title` names the page in the browser's tab and history.
 * Between this and page_reply() comes what stands in <main>. Free with page_free(). */
void page_open(struct page *page, struct request *request, const char *title);
/* The same with room for what is read rather than filled in. */
void page_open_wide(struct page *page, struct request *request, const char *title);
void page_free(struct page *page);
#define scoped_page __attribute__((cleanup(page_free)))

/* Markup with values: %s (const char *, NULL is "") and %.*s (TEXT_ARGS), escaped; nothing else. */
void page_format(struct page *page, const char *markup, ...) AZB_PRINTF(2, 3);
/* A value alone, escaped. What is not UTF-8, and control characters, become U+FFFD. */
void page_text(struct page *page, struct text value);
/* <input type="hidden">. */
void page_hidden(struct page *page, const char *name, struct text value);
/* The sentence that says what went wrong, announced to screen readers; fields name it by
 * aria-describedby="problem". NULL writes nothing. */
void page_problem(struct page *page, const char *sentence);
/* Says that the form now written is to be submitted as soon as the page is there. */
void page_submit_form(struct page *page);

/* The frame's lower half, status and all headers. */
bool page_reply(struct page *page, struct reply *reply, int status, struct azb_error *err);

/* A page of one heading and one paragraph: "You have signed out". */
bool page_notice(struct request *request, struct reply *reply, const char *heading,
    const char *paragraph, struct azb_error *err);

/* The page of an error: AADSTS code, sentence, what to do, ids and time. It keeps the headers that
 * the reply has already. Never fails: without memory it is a short text. */
void page_error(struct request *request, struct reply *reply, const struct azb_error *err);

/* True for requests that a person's browser made to see a page. */
bool page_is_wanted(const struct request *request);

/* Runs `work` on the store's writer thread and waits for its commit; request->store is the writer's
 * connection meanwhile. Not on the writer thread. */
typedef bool page_work_fn(struct request *request, void *context, struct azb_error *err);
bool page_write(struct request *request, page_work_fn *work, void *context, struct azb_error *err);

/* page_style.c: the style sheet. */
extern const char page_style[];

#endif
