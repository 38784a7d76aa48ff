/*
 * base/curl_library.h - libcurl, found at run time; for http_curl.c only.
 */
#ifndef BASE_CURL_LIBRARY_H
#define BASE_CURL_LIBRARY_H

#include <curl/curl.h>
#include <azb/error.h>

/* The functions of libcurl that are used. */
struct curl_functions {
    CURLcode (*global_init)(long);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *);
    void (*easy_reset)(CURL *);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_perform)(CURL *);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    const char *(*easy_strerror)(CURLcode);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
};

/* Loads the library the first time. NULL and err (CONFIGURATION): there is none that can be used.
 */
const struct curl_functions *curl_functions(struct azb_error *err);

#endif
