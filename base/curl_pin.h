/*
 * base/curl_pin.h - a server that is known by its certificate alone; for http_curl.c only.
 */
#ifndef BASE_CURL_PIN_H
#define BASE_CURL_PIN_H

#include "base/curl_library.h"

/* Connects once with the handle's options, sends nothing, and looks at the server's certificate.
 * When its SHA-1 is `thumbprint` (40 hexadecimal digits, either case), the handle from here on
 * takes connections to the holder of that certificate's key only, instead of asking the
 * authorities. CURLE_SSL_PINNEDPUBKEYNOTMATCH when it is another certificate, else curl's own code.
 */
CURLcode curl_pin_peer(const struct curl_functions *curl, CURL *handle, const char *thumbprint);

#endif
