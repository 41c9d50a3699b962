/* The word that was probably meant. */
#include <string.h>

#include "settings.h"

#define WORD_MAX 63 /* longer ones are compared by their beginnings */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t low = a < b ? a : b;

    return low < c ? low : c;
}

/* Levenshtein's distance, one row of its matrix at a time. */
static size_t edit_distance(const char *left, const char *right)
{
    size_t row[WORD_MAX + 1], left_len = strnlen(left, WORD_MAX),
                              right_len = strnlen(right, WORD_MAX);

    for (size_t j = 0; j <= right_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= left_len; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= right_len; j++) {
            size_t above = row[j];

            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (left[i - 1] != right[j - 1]));
            diagonal = above;
        }
    }
    return row[right_len];
}

static const char *leaf(const char *path)
{
    const char *point = strrchr(path, '.');

    return point ? point + 1 : path;
}

/* A member's own name, right but in another group, costs one edit for the group. */
static size_t path_distance(const char *left, const char *right)
{
    size_t whole = edit_distance(left, right), last = edit_distance(leaf(left), leaf(right)) + 1;

    return whole < last ? whole : last;
}

const char *nearest_word(const char *word, const char *const *known, size_t count)
{
    const char *nearest = NULL;
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < count; i++) {
        size_t distance = path_distance(word, known[i]);

        if (distance < best) {
            best = distance;
            nearest = known[i];
        }
    }
    return nearest;
}
