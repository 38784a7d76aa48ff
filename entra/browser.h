/*
 * entra/browser.h - opens a URL in the person's browser, without a shell.
 */
#ifndef ENTRA_BROWSER_H
#define ENTRA_BROWSER_H

#include <stdbool.h>

/* Starts, detached, the first of these that can be started: the commands of BROWSER (separated by
 * colons, "%s" is the URL, else it is the last argument); where there is a display, xdg-open; in
 * WSL, wslview. False: there is none. `variable` is asked for the environment. */
bool browser_open(const char *url, const char *(*variable)(const char *name));

#endif
