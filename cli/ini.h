/*
 * cli/ini.h - files of sections and options, as Python's configparser reads and writes them, which
 * is how az keeps its configuration (https://docs.python.org/3/library/configparser.html).
 *
 * A file is changed line by line: what was not asked for stays as it is, comments included.
 */
#ifndef CLI_INI_H
#define CLI_INI_H

#include <azb/error.h>
#include "base/arena.h"
#include "base/text.h"

#define INI_MAX (256 * 1024) /* bytes of a file */

/* Is there a line "[section]"? Names of sections are case-sensitive. */
bool ini_has_section(struct text file, const char *section);

/*
 * The file with "option = value" in that section, in the arena: in the place of the option's line
 * and of those that continue it, else at the section's end, else in a section of its own at the
 * file's end. Names of options are not case-sensitive; a '%' of the value is doubled, because
 * configparser would interpolate it. False and err: without memory, or the file would become too
 * large.
 */
AZB_MUST_CHECK bool ini_set(struct arena *arena, struct text file, const char *section,
    const char *option, const char *value, struct text *out, struct azb_error *err);

#endif
