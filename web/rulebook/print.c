// SPDX-License-Identifier: MIT
// What the rule book uses of <stdio.h>: printing into a buffer, and into memory that grows. The C library's printf knows
// wide characters, long doubles and files, and would be a tenth of the module. A conversion that is not here is a bug of
// ours, and stops the module. Built with -fno-builtin, or the compiler would make calls of fwrite a call of itself.
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct _IO_FILE {
    char *text;
    size_t room; // with the zero at the end
    size_t used; // of what was printed, whether it found room or not
    char **result; // of open_memstream, which is why the text may grow; else NULL
    size_t *result_size;
};

static void grow(FILE *out)
{
    size_t room = 2 * out->room;
    char *larger = realloc(out->text, room);
    if (larger != NULL) {
        out->text = larger;
        out->room = room;
    }
}

static void put(FILE *out, char c)
{
    if (out->result != NULL && out->used + 1 >= out->room) {
        grow(out);
    }
    if (out->used + 1 < out->room) {
        out->text[out->used] = c;
    }
    out->used++;
}

static void end_text(FILE *out)
{
    if (out->room > 0) {
        out->text[out->used < out->room ? out->used : out->room - 1] = '\0';
    }
}

// -- formats --------------------------------------------------------------------------------------

typedef struct format {
    bool left, zeros;
    int width, precision; // precision -1: none
    int longs;            // letters l
} format;

static void pad(FILE *out, char c, int count)
{
    for (; count > 0; count--) {
        put(out, c);
    }
}

static void put_text(FILE *out, const format *f, const char *text)
{
    int length = (int)strnlen(text, f->precision < 0 ? (size_t)-1 : (size_t)f->precision);
    pad(out, f->zeros ? '0' : ' ', f->left ? 0 : f->width - length);
    for (int i = 0; i < length; i++) {
        put(out, text[i]);
    }
    pad(out, ' ', f->left ? f->width - length : 0);
}

static void put_number(FILE *out, const format *f, unsigned long long number, unsigned base, const char *digits, bool negative)
{
    char text[24], *at = text + sizeof text - 1;
    format whole = *f;
    whole.precision = -1;
    *at = '\0';
    do {
        *--at = digits[number % base];
        number /= base;
    } while (number > 0);
    if (negative) {
        *--at = '-';
    }
    put_text(out, &whole, at);
}

static int parse_size(const char **at, va_list *arguments)
{
    if (**at == '*') {
        ++*at;
        return va_arg(*arguments, int);
    }
    int size = 0;
    for (; **at >= '0' && **at <= '9'; ++*at) {
        size = 10 * size + **at - '0';
    }
    return size;
}

static const char *parse_format(const char *at, format *f, va_list *arguments)
{
    *f = (format){.precision = -1};
    for (; *at == '-' || *at == '0'; at++) {
        f->left = f->left || *at == '-';
        f->zeros = f->zeros || *at == '0';
    }
    f->width = parse_size(&at, arguments);
    if (*at == '.') {
        at++;
        f->precision = parse_size(&at, arguments);
    }
    for (; *at == 'l' || *at == 'z'; at++) {
        f->longs += *at == 'l';
    }
    return at;
}

static void put_signed(FILE *out, const format *f, va_list *arguments)
{
    long long number = f->longs > 1 ? va_arg(*arguments, long long) : va_arg(*arguments, int);
    put_number(out, f, number < 0 ? -(unsigned long long)number : (unsigned long long)number, 10, "0123456789", number < 0);
}

static void put_unsigned(FILE *out, const format *f, va_list *arguments, unsigned base, const char *digits)
{
    unsigned long long number = f->longs > 1 ? va_arg(*arguments, unsigned long long) : va_arg(*arguments, unsigned);
    put_number(out, f, number, base, digits, false);
}

static void put_conversion(FILE *out, char conversion, const format *f, va_list *arguments)
{
    switch (conversion) {
    case 's': put_text(out, f, va_arg(*arguments, const char *)); break;
    case 'd': put_signed(out, f, arguments); break;
    case 'u': put_unsigned(out, f, arguments, 10, "0123456789"); break;
    case 'x': put_unsigned(out, f, arguments, 16, "0123456789abcdef"); break;
    case 'X': put_unsigned(out, f, arguments, 16, "0123456789ABCDEF"); break;
    case 'c': put(out, (char)va_arg(*arguments, int)); break;
    case '%': put(out, '%'); break;
    default: __builtin_trap();
    }
}

int vfprintf(FILE *restrict out, const char *restrict text, va_list given)
{
    size_t before = out->used;
    va_list arguments;
    va_copy(arguments, given);
    for (; *text != '\0'; text++) {
        format f;
        if (*text != '%') {
            put(out, *text);
            continue;
        }
        text = parse_format(text + 1, &f, &arguments);
        put_conversion(out, *text, &f, &arguments);
    }
    va_end(arguments);
    end_text(out);
    return (int)(out->used - before);
}

int vsnprintf(char *restrict buffer, size_t size, const char *restrict text, va_list arguments)
{
    FILE out = {.text = buffer, .room = size};
    return vfprintf(&out, text, arguments);
}

int snprintf(char *restrict buffer, size_t size, const char *restrict text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    int length = vsnprintf(buffer, size, text, arguments);
    va_end(arguments);
    return length;
}

int fprintf(FILE *restrict out, const char *restrict text, ...)
{
    va_list arguments;
    va_start(arguments, text);
    int length = vfprintf(out, text, arguments);
    va_end(arguments);
    return length;
}

// -- what the compiler makes of simple formats ----------------------------------------------------

int fputc(int c, FILE *out)
{
    put(out, (char)c);
    return c;
}

size_t fwrite(const void *restrict bytes, size_t size, size_t count, FILE *restrict out)
{
    for (size_t i = 0; i < size * count; i++) {
        put(out, ((const char *)bytes)[i]);
    }
    return count;
}

int fputs(const char *restrict text, FILE *restrict out)
{
    fwrite(text, 1, strlen(text), out);
    return 0;
}

// -- memory that grows ----------------------------------------------------------------------------

FILE *open_memstream(char **text, size_t *size)
{
    FILE *out = malloc(sizeof *out);
    char *first = malloc(64);
    if (out != NULL && first != NULL) {
        *out = (FILE){.text = first, .room = 64, .result = text, .result_size = size};
        return out;
    }
    return NULL;
}

// EOF when memory was too short for all of it.
int fclose(FILE *out)
{
    end_text(out);
    *out->result = out->text;
    *out->result_size = out->used;
    return out->used < out->room ? 0 : EOF;
}
