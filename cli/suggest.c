#include "cli/suggest.h"

#include <stdbool.h>
#include <stdint.h>

#define SIDE (SUGGEST_LENGTH_MAX + 1)

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment; three rows of the usual table are enough. */
size_t edit_distance(const char *a, const char *b)
{
    size_t rows[3][SIDE], n = strlen(a), m = strlen(b);
    if (n > SUGGEST_LENGTH_MAX || m > SUGGEST_LENGTH_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            row[j] = above[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = smaller(row[j], 1 + smaller(above[j], row[j - 1]));
            if (swapped)
                row[j] = smaller(row[j], second[j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

void suggestion_offer(struct suggestion *suggestion, const char *candidate)
{
    size_t distance = edit_distance(suggestion->word, candidate);
    size_t near = 1 + strlen(suggestion->word) / 4;
    if (distance > near || (suggestion->best && distance >= suggestion->distance))
        return;
    suggestion->best = candidate;
    suggestion->distance = distance;
}
