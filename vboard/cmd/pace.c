// SPDX-License-Identifier: MIT
// The tie between virtual and real time.
#include "pace.h"

#define PS_PER_NS 1000.0

void pace_anchor(cmd_pace *pace, uint64_t real_ns, vb_time virtual_ps)
{
    pace->real_ns = real_ns;
    pace->virtual_ps = virtual_ps;
}

static vb_time due(const cmd_pace *pace, uint64_t real_ns)
{
    double elapsed_ns = (double)(real_ns - pace->real_ns);
    return pace->virtual_ps + (vb_time)(elapsed_ns * pace->speed * PS_PER_NS);
}

vb_time pace_due(cmd_pace *pace, uint64_t real_ns, vb_time now)
{
    vb_time then = due(pace, real_ns);
    vb_time max_lag = (vb_time)(PACE_MAX_LAG_NS * pace->speed * PS_PER_NS);
    if (then <= now + max_lag) {
        return then;
    }
    pace_anchor(pace, real_ns, now + max_lag);
    return now + max_lag;
}

uint64_t pace_until(const cmd_pace *pace, uint64_t real_ns, vb_time then)
{
    vb_time here = due(pace, real_ns);
    return then <= here ? 0 : (uint64_t)((double)(then - here) / pace->speed / PS_PER_NS);
}
