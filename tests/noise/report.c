// SPDX-License-Identifier: MIT
#include "report.h"

#include <jansson.h>
#include <stdio.h>

static json_t *failures; // of all cases

void tally_add(tally *sum, const outcome *one)
{
    sum->sessions++;
    sum->at_once += one->verified && one->tries == 1;
    sum->verified += one->verified;
    sum->given_up += !one->verified;
    sum->tries += one->tries;
    sum->resent += one->resent;
    sum->bytes += one->bytes;
    sum->ms += one->ms;
}

void tally_print(const tally *sum)
{
    printf("%-8s %-28s %6u sessions: %6u verified (%u at once), %5u given up, %6u frames sent again, %8.1f s, %u failed\n",
           protocol_names[sum->how], sum->what->name, (unsigned)sum->sessions, (unsigned)sum->verified, (unsigned)sum->at_once,
           (unsigned)sum->given_up, (unsigned)sum->resent, (double)sum->ms / 1000, (unsigned)sum->failed);
    fflush(stdout);
}

void report_failure(const tally *sum, uint32_t seed, const char *why)
{
    char replay[80];
    snprintf(replay, sizeof replay, "%s/%s/%u", protocol_names[sum->how], sum->what->name, (unsigned)seed);
    printf("FAILED: %s: hf-noise --replay %s\n", why, replay);
    failures = failures != NULL ? failures : json_array();
    json_array_append_new(failures, json_pack("{s:s, s:s}", "replay", replay, "why", why));
}

static json_t *row(const tally *sum)
{
    return json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:I}", "protocol", protocol_names[sum->how], "line",
                     sum->what->name, "sessions", (json_int_t)sum->sessions, "verified", (json_int_t)sum->verified, "at_once",
                     (json_int_t)sum->at_once, "given_up", (json_int_t)sum->given_up, "attempts", (json_int_t)sum->tries, "resent_frames",
                     (json_int_t)sum->resent, "bytes", (json_int_t)sum->bytes, "board_seconds", (double)sum->ms / 1000, "failed",
                     (json_int_t)sum->failed);
}

bool report_write(const char *path, uint32_t seed, const tally *sums, size_t count)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(rows, row(&sums[i]));
    }
    json_t *all = json_pack("{s:I, s:o, s:o}", "seed", (json_int_t)seed, "cases", rows, "failures",
                            failures != NULL ? failures : json_array());
    bool good = json_dump_file(all, path, JSON_INDENT(2)) == 0;
    json_decref(all);
    failures = NULL;
    return good;
}
