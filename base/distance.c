#include "base/distance.h"

#define SIDE (DISTANCE_LENGTH_MAX + 1)

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment; three rows of the usual table are enough. */
size_t text_distance(struct text a, struct text b)
{
    size_t rows[3][SIDE];
    if (a.length > DISTANCE_LENGTH_MAX || b.length > DISTANCE_LENGTH_MAX)
        return SIZE_MAX;
    for (size_t j = 0; j <= b.length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *second = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            bool swapped =
                i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1];
            row[j] = above[j - 1] + (a.at[i - 1] != b.at[j - 1]);
            row[j] = smaller(row[j], 1 + smaller(above[j], row[j - 1]));
            if (swapped)
                row[j] = smaller(row[j], second[j - 2] + 1);
        }
    }
    return rows[a.length % 3][b.length];
}
