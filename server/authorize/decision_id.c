#include "authorize/decision_id.h"

#define NUMBER_BYTES 8

static bool dash_before(size_t byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/* All 128 bits, where guid_format() would lose some. */
static void write_block(const unsigned char block[BLOCK_BYTES], char out[GUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        if (dash_before(i))
            *out++ = '-';
        *out++ = digits[block[i] >> 4];
        *out++ = digits[block[i] & 15];
    }
    *out = '\0';
}

static unsigned nibble(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

static void read_block(struct text id, unsigned char block[BLOCK_BYTES])
{
    const char *at = id.at;
    for (size_t i = 0; i < BLOCK_BYTES; i++, at += 2) {
        at += dash_before(i);
        block[i] = (unsigned char)(nibble(at[0]) << 4 | nibble(at[1]));
    }
}

void decision_id_make(const struct decision_key *key, uint64_t number, char out[GUID_TEXT])
{
    unsigned char plain[BLOCK_BYTES] = {0}, block[BLOCK_BYTES];
    for (int i = 0; i < NUMBER_BYTES; i++)
        plain[BLOCK_BYTES - 1 - i] = (unsigned char)(number >> 8 * i);
    block_encrypt(key->bytes, plain, block);
    write_block(block, out);
}

/* The first half of a right one is zeros: a guess is right once in 2^64. */
bool decision_id_read(const struct decision_key *key, struct text id, uint64_t *number)
{
    unsigned char block[BLOCK_BYTES], plain[BLOCK_BYTES], head = 0;
    if (!text_is_guid(id))
        return false;
    read_block(id, block);
    block_decrypt(key->bytes, block, plain);
    *number = 0;
    for (int i = 0; i < NUMBER_BYTES; i++)
        *number = *number << 8 | plain[NUMBER_BYTES + i];
    for (int i = 0; i < NUMBER_BYTES; i++)
        head |= plain[i];
    return head == 0;
}
