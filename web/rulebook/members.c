// SPDX-License-Identifier: MIT
// The members of a JSON object for jansson, as a plain list in the order of the file: behind the functions of its
// hashtable.h that reading uses. Objects of board and chip files have a few dozen members, and hashing them would take
// more of the module than it saves of anybody's time.
#include <string.h>

#include "jansson_private.h"

volatile uint32_t hashtable_seed = 1; // there is no hash, and so nothing to seed

void json_object_seed(size_t seed)
{
    (void)seed;
}

static struct hashtable_pair *member_at(struct hashtable_list *link)
{
    return container_of(link, struct hashtable_pair, ordered_list);
}

static struct hashtable_pair *find(hashtable_t *members, const char *key, size_t length)
{
    struct hashtable_list *end = &members->ordered_list;
    for (struct hashtable_list *at = end->next; at != end; at = at->next) {
        struct hashtable_pair *member = member_at(at);
        if (member->key_len == length && memcmp(member->key, key, length) == 0) {
            return member;
        }
    }
    return NULL;
}

int hashtable_init(hashtable_t *members)
{
    members->size = 0;
    members->ordered_list.next = members->ordered_list.prev = &members->ordered_list;
    return 0;
}

void hashtable_close(hashtable_t *members)
{
    struct hashtable_list *end = &members->ordered_list;
    for (struct hashtable_list *at = end->next; at != end;) {
        struct hashtable_pair *member = member_at(at);
        at = at->next;
        json_decref(member->value);
        jsonp_free(member);
    }
}

static int append(hashtable_t *members, const char *key, size_t length, json_t *value)
{
    struct hashtable_pair *member = jsonp_malloc(sizeof *member + length);
    if (member == NULL) {
        return -1;
    }
    struct hashtable_list *end = &members->ordered_list;
    member->ordered_list = (struct hashtable_list){.prev = end->prev, .next = end};
    end->prev = end->prev->next = &member->ordered_list;
    member->value = value;
    member->key_len = length;
    memcpy(member->key, key, length);
    member->key[length] = '\0';
    members->size++;
    return 0;
}

int hashtable_set(hashtable_t *members, const char *key, size_t length, json_t *value)
{
    struct hashtable_pair *member = find(members, key, length);
    if (member == NULL) {
        return append(members, key, length, value);
    }
    json_decref(member->value);
    member->value = value;
    return 0;
}

void *hashtable_get(hashtable_t *members, const char *key, size_t length)
{
    struct hashtable_pair *member = find(members, key, length);
    return member == NULL ? NULL : member->value;
}

void *hashtable_iter(hashtable_t *members)
{
    return hashtable_iter_next(members, &members->ordered_list);
}

void *hashtable_iter_next(hashtable_t *members, void *iterator)
{
    struct hashtable_list *next = ((struct hashtable_list *)iterator)->next;
    return next == &members->ordered_list ? NULL : next;
}

void *hashtable_iter_key(void *iterator)
{
    return member_at(iterator)->key;
}

void *hashtable_iter_value(void *iterator)
{
    return member_at(iterator)->value;
}
