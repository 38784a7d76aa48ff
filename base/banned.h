/*
 * base/banned.h - functions that do not compile here. Included before every source file.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BANNED(name, instead) name##_is_banned_use_##instead

#undef strcpy
#define strcpy(a, b) BANNED(strcpy, memcpy)
#undef strcat
#define strcat(a, b) BANNED(strcat, buffer)
#undef strncpy
#define strncpy(a, b, c) BANNED(strncpy, snprintf)
#undef strncat
#define strncat(a, b, c) BANNED(strncat, buffer)
#undef sprintf
#define sprintf(...) BANNED(sprintf, snprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf, vsnprintf)
#undef strtok
#define strtok(a, b) BANNED(strtok, text_cut)
#undef atoi
#define atoi(a) BANNED(atoi, text_to_u64)
#undef atol
#define atol(a) BANNED(atol, text_to_u64)
#undef gets
#define gets(a) BANNED(gets, fgets)
#undef gmtime
#define gmtime(a) BANNED(gmtime, gmtime_r)
#undef localtime
#define localtime(a) BANNED(localtime, localtime_r)
#undef ctime
#define ctime(a) BANNED(ctime, time_iso8601)
#undef asctime
#define asctime(a) BANNED(asctime, time_iso8601)
#undef tmpnam
#define tmpnam(a) BANNED(tmpnam, mkstemp)
#undef system
#define system(a) BANNED(system, posix_spawn)

#endif
