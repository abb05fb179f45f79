// SPDX-License-Identifier: MIT
// OTG_FS, its FIFOs: one for everything received, one for each IN endpoint.
//
// RM0090 34.11 (FIFO architecture) and 34.17.6 (programming model). A FIFO is a queue of words;
// what the words mean is known from status entries (receive) and from the endpoint's transfer size
// (transmit), as in the silicon. So firmware that leaves a word behind sends or reads shifted data
// from then on.
#include <string.h>

#include "otg_dwc2.h"

// Space only SETUP packets may use: three of them, and the entry that ends the stage.
#define SETUP_WORDS 10

static unsigned capacity(uint32_t depth)
{
    return depth < DWC2_RAM_WORDS ? depth : DWC2_RAM_WORDS;
}

static unsigned place(const dwc2_fifo *fifo, unsigned nth)
{
    return (fifo->first + nth) % DWC2_RAM_WORDS;
}

static unsigned append(dwc2_fifo *fifo, uint32_t word)
{
    unsigned at = place(fifo, fifo->used++);
    fifo->words[at] = word;
    return at;
}

static uint32_t remove_first(dwc2_fifo *fifo)
{
    uint32_t word = fifo->words[fifo->first];
    fifo->first = (uint16_t)place(fifo, 1);
    fifo->used--;
    return word;
}

static size_t words_for(size_t bytes)
{
    return (bytes + 3) / 4;
}

// -- the RAM they share -------------------------------------------------------------------------

static uint32_t tx_start(const dwc2 *otg, unsigned fifo)
{
    return otg->txf[fifo] & 0xFFFF;
}

static uint32_t tx_depth(const dwc2 *otg, unsigned fifo)
{
    return otg->txf[fifo] >> 16;
}

static bool overlaps(const dwc2 *otg, unsigned fifo, uint32_t start, uint32_t depth)
{
    return tx_start(otg, fifo) < start + depth && start < tx_start(otg, fifo) + tx_depth(otg, fifo);
}

// Nothing in the silicon checks the map of the RAM; the FIFOs destroy each other's content.
static void check_map(dwc2 *otg, unsigned fifo)
{
    uint32_t start = tx_start(otg, fifo), depth = tx_depth(otg, fifo);
    bool bad = start + depth > DWC2_RAM_WORDS || start < otg->grxfsiz;
    for (unsigned other = 0; other < DWC2_ENDPOINTS; other++) {
        bad =
            bad || (other != fifo && otg->tx[other].used > 0 && overlaps(otg, other, start, depth));
    }
    if (!bad || otg->overlap_told) {
        return;
    }
    otg->overlap_told = true;
    vb_say(otg->device->board, VB_REPORT_MISUSE,
           "%s: transmit FIFO %u (words %u to %u) overlaps another FIFO or ends behind the RAM's "
           "%u words",
           otg->device->info->name, fifo, start, start + depth, DWC2_RAM_WORDS);
}

// -- receive ------------------------------------------------------------------------------------

void dwc2_rx_flush(dwc2 *otg)
{
    otg->rx.first = 0;
    otg->rx.used = 0;
    otg->rx_setup_words = 0;
}

bool dwc2_rx_has_room(const dwc2 *otg, size_t bytes)
{
    size_t data = otg->rx.used - otg->rx_setup_words;
    return data + 1 + words_for(bytes) + 1 + SETUP_WORDS <= capacity(otg->grxfsiz);
}

bool dwc2_rx_put(dwc2 *otg, unsigned kind, unsigned endpoint, bool data1, const uint8_t *bytes,
                 size_t size)
{
    if (otg->rx.used + 1 + words_for(size) > capacity(otg->grxfsiz)) {
        return false;
    }
    uint32_t frame = otg->dsts >> 8;
    uint32_t status = (uint32_t)endpoint | (uint32_t)size << 4 | (data1 ? 2u : 0u) << 15 |
                      (uint32_t)kind << 17 | (frame & 15) << 21;
    otg->rx_status[append(&otg->rx, status)] = true;
    for (size_t at = 0; at < size; at += 4) {
        uint8_t four[4] = {0};
        memcpy(four, bytes + at, size - at < 4 ? size - at : 4);
        uint32_t word = four[0] | four[1] << 8 | four[2] << 16 | (uint32_t)four[3] << 24;
        otg->rx_status[append(&otg->rx, word)] = false;
    }
    if (kind == RX_SETUP_DATA || kind == RX_SETUP_DONE) {
        otg->rx_setup_words += (uint16_t)(1 + words_for(size));
    }
    return true;
}

uint32_t dwc2_rx_peek_status(const dwc2 *otg)
{
    return otg->rx.used > 0 ? otg->rx.words[otg->rx.first] : 0;
}

static void out_data_popped(dwc2_endpoint *endpoint, uint32_t bytes)
{
    endpoint->size -= bytes < endpoint->size ? bytes : endpoint->size;
}

// What the core does when the application takes a status entry.
static void status_popped(dwc2 *otg, uint32_t status)
{
    unsigned kind = status >> 17 & 15, bytes = status >> 4 & 0x7FF;
    dwc2_endpoint *endpoint = &otg->out[status & (DWC2_ENDPOINTS - 1)];
    switch (kind) {
    case RX_GLOBAL_NAK: otg->gintsts |= otg->dctl & DCTL_GONSTS ? G_GONAKEFF : 0; break;
    case RX_OUT_DATA: out_data_popped(endpoint, bytes); break;
    case RX_OUT_DONE: endpoint->flags |= INT_XFRC; break;
    case RX_SETUP_DATA: otg->rx_setup_words -= 3; break;
    case RX_SETUP_DONE:
        otg->rx_setup_words -= 1;
        endpoint->flags |= INT_STUP;
        break;
    default: break;
    }
}

uint32_t dwc2_rx_pop_status(dwc2 *otg)
{
    if (otg->rx.used == 0) {
        return 0;
    }
    bool is_status = otg->rx_status[otg->rx.first];
    uint32_t word = remove_first(&otg->rx);
    if (!is_status) {
        vb_say(otg->device->board, VB_REPORT_MISUSE,
               "%s: GRXSTSP read before all data of the last packet; it returns data",
               otg->device->info->name);
        return word;
    }
    status_popped(otg, word);
    return word;
}

uint32_t dwc2_rx_pop_data(dwc2 *otg)
{
    if (otg->rx.used == 0 || otg->rx_status[otg->rx.first]) {
        vb_say(otg->device->board, VB_REPORT_MISUSE,
               "%s: receive FIFO read beyond the packet's data", otg->device->info->name);
        return 0;
    }
    return remove_first(&otg->rx);
}

// -- transmit -----------------------------------------------------------------------------------

static void tx_flush_one(dwc2 *otg, unsigned fifo)
{
    otg->tx[fifo].first = 0;
    otg->tx[fifo].used = 0;
    for (unsigned n = 0; n < DWC2_ENDPOINTS; n++) {
        if (dwc2_fifo_of(otg, n) == fifo) {
            otg->in[n].pushed = 0;
        }
    }
}

void dwc2_tx_flush(dwc2 *otg, unsigned number)
{
    for (unsigned fifo = 0; fifo < DWC2_ENDPOINTS; fifo++) {
        if (number == fifo || number >= 16) {
            tx_flush_one(otg, fifo);
        }
    }
}

uint32_t dwc2_tx_free(const dwc2 *otg, unsigned fifo)
{
    unsigned depth = capacity(tx_depth(otg, fifo));
    return depth > otg->tx[fifo].used ? depth - otg->tx[fifo].used : 0;
}

bool dwc2_tx_empty_enough(const dwc2 *otg, unsigned fifo)
{
    if (otg->gahbcfg & GAHBCFG_TXFELVL) {
        return otg->tx[fifo].used == 0;
    }
    return otg->tx[fifo].used <= capacity(tx_depth(otg, fifo)) / 2;
}

// XFRSIZ counts whole packets as they are written to the FIFO.
static void count_pushed(dwc2 *otg, unsigned number)
{
    dwc2_endpoint *endpoint = &otg->in[number];
    if (endpoint->size == 0) {
        vb_say(otg->device->board, VB_REPORT_MISUSE,
               "%s: IN endpoint %u: more data written than DIEPTSIZ announced",
               otg->device->info->name, number);
        return;
    }
    uint32_t max = dwc2_packet_max(otg, true, number);
    uint32_t packet = endpoint->size < max ? endpoint->size : max;
    endpoint->pushed += 4;
    if (endpoint->pushed >= packet) {
        endpoint->size -= packet;
        endpoint->pushed = 0;
    }
}

void dwc2_tx_push(dwc2 *otg, unsigned number, uint32_t word)
{
    unsigned fifo = dwc2_fifo_of(otg, number);
    check_map(otg, fifo);
    if (dwc2_tx_free(otg, fifo) == 0) {
        vb_say(otg->device->board, VB_REPORT_MISUSE,
               "%s: transmit FIFO %u is full, the word is lost", otg->device->info->name, fifo);
        return;
    }
    append(&otg->tx[fifo], word);
    count_pushed(otg, number);
}

bool dwc2_tx_peek(const dwc2 *otg, unsigned number, uint8_t *bytes, size_t size)
{
    const dwc2_fifo *fifo = &otg->tx[number];
    if (words_for(size) > fifo->used) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(fifo->words[place(fifo, (unsigned)(i / 4))] >> i % 4 * 8);
    }
    return true;
}

void dwc2_tx_take(dwc2 *otg, unsigned number, size_t size)
{
    for (size_t words = words_for(size); words > 0; words--) {
        remove_first(&otg->tx[number]);
    }
}
