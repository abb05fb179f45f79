// SPDX-License-Identifier: MIT
// Signed orders on the serial line: what is obeyed, once, and what is not; cuts; protection that is read back.
#include "signed_product.h"

#include <string.h>

#include "bytes.h"
#include "order.h"

#define FLASH_OPTCR 0x40023C14u
#define RDP(optcr)  ((optcr) >> 8 & 0xFFu)
#define SECTOR_0    (1u << 16)

static const hf_listener silent;

static hf_order_link link_of(product *it, hf_classic_options *options)
{
    *options = hf_classic_defaults(&it->description);
    return (hf_order_link){.transport = &it->transport, .options = options, .listener = &silent};
}

static struct hf_identity identity_of(product *it)
{
    hf_classic_options options;
    hf_order_link link = link_of(it, &options);
    struct hf_identity identity;
    hf_problem problem;
    if (hf_order_identify(&link, &identity, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
    return identity;
}

static hf_error send_bytes(product *it, const uint8_t order[HF_ORDER_SIZE])
{
    hf_classic_options options;
    hf_order_link link = link_of(it, &options);
    hf_problem problem;
    return hf_order_send(&link, order, &problem);
}

static hf_order_wish wish_for(product *it, hf_order_kind kind, uint32_t number)
{
    struct hf_identity identity = identity_of(it);
    hf_order_wish wish = {.board = &it->description, .kind = kind, .number = number, .version = HF_VERSION(1, 0, 0)};
    memcpy(wish.device, identity.device, sizeof wish.device);
    return wish;
}

static void make_order(const hf_order_wish *wish, const hf_signing_key *key, uint8_t order[HF_ORDER_SIZE])
{
    hf_problem problem;
    if (hf_order_make(wish, key, order, &problem) != HF_OK) {
        fail_msg("%s", problem.what);
    }
}

// The host's update on a board that is in update mode already.
static hf_error flash_here(product *it, const hf_image *image)
{
    hf_classic_options options = hf_classic_defaults(&it->description);
    hf_flash_report report;
    return product_flash(it, image, &options, &report);
}

// -- the floor falls --------------------------------------------------------------------------------------------------

static void back_to_an_older_version_once(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-full");
    hf_image v1 = signed_image(it, 1, key_1, 0), v2 = signed_image(it, 2, key_1, 0);
    uint8_t token[HF_ORDER_SIZE];
    assert_true(signed_boots_with(it, &v2));
    assert_int_equal(signed_flash(it, &v1), HF_E_BOOT); // the floor is at 2.0.0

    hf_order_wish wish = wish_for(it, HF_ORDER_DOWNGRADE, 7);
    make_order(&wish, key_2, token);
    assert_int_equal(send_bytes(it, token), HF_OK);
    assert_int_equal(identity_of(it).last_number, 7);
    assert_int_equal(flash_here(it, &v1), HF_OK);
    assert_true(signed_starts(it, 60 * VB_S));
    assert_true(product_holds(it, &v1));

    vb_reset_pin(it->board); // its trial ends here, the board goes back to 2.0.0
    assert_true(signed_starts(it, 60 * VB_S));
    assert_true(product_holds(it, &v2));
    signed_into_update_mode(it);
    assert_int_equal(send_bytes(it, token), HF_E_ORDER_REFUSED); // spent
    assert_int_equal(flash_here(it, &v1), HF_E_BOOT);
    hf_image_free(&v1);
    hf_image_free(&v2);
    signed_end(it);
}

// Signs what the order has become.
static void sign_again(uint8_t order[HF_ORDER_SIZE])
{
    hf_problem problem;
    assert_int_equal(hf_sign_behind(order, sizeof(struct hf_order), key_1, &problem), HF_OK);
}

// A token is about versions. Whatever stands where orders once had a counter, the security counter stays.
static void the_security_counter_never_falls(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-full");
    hf_image v2 = signed_image_counting(it, 2, 5), lower = signed_image_counting(it, 1, 4), same = signed_image_counting(it, 1, 5);
    uint8_t token[HF_ORDER_SIZE];
    static const uint32_t asked[] = {0, 4};
    assert_true(signed_boots_with(it, &v2));
    signed_into_update_mode(it);
    for (unsigned i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        hf_order_wish wish = wish_for(it, HF_ORDER_DOWNGRADE, 7 + i);
        make_order(&wish, key_1, token);
        hf_put32(token + offsetof(struct hf_order, reserved), asked[i]);
        sign_again(token);
        assert_int_equal(send_bytes(it, token), HF_OK);
        assert_int_equal(flash_here(it, &lower), HF_E_BOOT);
    }
    assert_int_equal(flash_here(it, &same), HF_OK);
    assert_true(signed_starts(it, 60 * VB_S));
    assert_true(product_holds(it, &same));
    hf_image_free(&v2);
    hf_image_free(&lower);
    hf_image_free(&same);
    signed_end(it);
}

static void what_is_not_obeyed(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-full");
    hf_image v1 = signed_image(it, 1, key_1, 0);
    product_install(it, &v1);
    signed_into_update_mode(it);
    uint8_t good[HF_ORDER_SIZE], order[HF_ORDER_SIZE];
    hf_order_wish wish = wish_for(it, HF_ORDER_DOWNGRADE, 7);
    make_order(&wish, key_1, good);
    static const struct {
        size_t byte;
        bool signed_again;
    } changes[] = {
        {0, true},                                                              // no order
        {offsetof(struct hf_order, kind), true},                                // another kind
        {offsetof(struct hf_order, kind) + 1, true},                            // no kind at all
        {offsetof(struct hf_order, product_id), true},                          // another product
        {offsetof(struct hf_order, device), true},                              // another device
        {offsetof(struct hf_order, device) + 11, true},
        {offsetof(struct hf_order, version), false},                            // another version than was signed
        {offsetof(struct hf_order, number), false},
        {sizeof(struct hf_order) + offsetof(struct hf_signature, key_id), false}, // another key
        {HF_ORDER_SIZE - 1, false},                                             // another signature
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        memcpy(order, good, sizeof order);
        order[changes[i].byte] ^= 3;
        if (changes[i].signed_again) {
            sign_again(order);
        }
        if (send_bytes(it, order) != HF_E_ORDER_REFUSED) {
            fail_msg("byte %zu may change", changes[i].byte);
        }
    }
    wish.number = 0; // not above that of none
    make_order(&wish, key_1, order);
    assert_int_equal(send_bytes(it, order), HF_E_ORDER_REFUSED);
    hf_board anybody = it->description; // a key that the board does not have
    hf_signing_key_point(foreign_key, &anybody.keys[0].point);
    wish.board = &anybody;
    wish.number = 7;
    make_order(&wish, foreign_key, order);
    assert_int_equal(send_bytes(it, order), HF_E_ORDER_REFUSED);
    assert_int_equal(identity_of(it).last_number, 0);
    assert_int_equal(send_bytes(it, good), HF_OK); // and nothing of that was in its way
    hf_image_free(&v1);
    signed_end(it);
}

static void a_revoked_key_orders_nothing(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-full");
    hf_image v2 = signed_image(it, 2, key_2, signed_id(key_1));
    product_install(it, &v2);
    assert_true(signed_boots(it));
    signed_into_update_mode(it);
    uint8_t order[HF_ORDER_SIZE];
    hf_order_wish wish = wish_for(it, HF_ORDER_DOWNGRADE, 7);
    make_order(&wish, key_1, order);
    assert_int_equal(send_bytes(it, order), HF_E_ORDER_REFUSED);
    make_order(&wish, key_2, order);
    assert_int_equal(send_bytes(it, order), HF_OK);
    hf_image_free(&v2);
    signed_end(it);
}

static void half_an_order_and_a_stranger(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-full");
    signed_into_update_mode(it);
    assert_int_equal(product_sync(it), 0x79);
    assert_int_equal(product_ask(it, (uint8_t[]){HF_SERIAL_ORDER}, 1, VB_S), 0x79);
    assert_int_equal(product_ask(it, (uint8_t[100]){0}, 100, 4 * VB_S), 0x1F); // the rest is not awaited for ever
    assert_int_equal(product_sync(it), 0x79);
    signed_end(it);
    it = signed_make("stm32f407-classic"); // a bootloader without orders
    signed_into_update_mode(it);
    hf_classic_options options;
    hf_order_link link = link_of(it, &options);
    struct hf_identity identity;
    hf_problem problem;
    assert_int_equal(hf_order_identify(&link, &identity, &problem), HF_E_NO_ORDERS);
    signed_end(it);
}

// -- cuts -------------------------------------------------------------------------------------------------------------

typedef struct trial {
    product *it;
    const uint8_t *token;
    uint64_t operation;
    uint32_t done;
} trial;

static int count_operations(void *context)
{
    trial *t = context;
    uint64_t before = vb_flash_operations(t->it->board);
    return send_bytes(t->it, t->token) == HF_OK ? (int)(vb_flash_operations(t->it->board) - before) : 0;
}

// 0: after the cut the order has been obeyed or can be, and never twice.
static int cut_and_see(void *context)
{
    trial *t = context;
    product *it = t->it;
    uint64_t before = vb_cuts(it->board);
    vb_set_seed(it->board, t->operation * 5 + t->done);
    (void)vb_cut_at_operation(it->board, t->operation, t->done);
    (void)send_bytes(it, t->token);
    if (vb_cuts(it->board) != before + 1) {
        return 1; // the cut did not come
    }
    signed_into_update_mode(it);
    bool spent = identity_of(it).last_number == 7;
    if (send_bytes(it, t->token) != (spent ? HF_E_ORDER_REFUSED : HF_OK) || identity_of(it).last_number != 7) {
        return 2;
    }
    return signed_boots(it) ? 0 : 3;
}

static void whatever_the_supply_does(void **state)
{
    (void)state;
    static const uint32_t ways[] = {VB_CUT_BEFORE, VB_CUT_INSIDE, VB_CUT_AFTER};
    product *it = signed_make("stm32f407-full");
    hf_image v2 = signed_image(it, 2, key_1, 0);
    uint8_t token[HF_ORDER_SIZE];
    product_install(it, &v2);
    assert_true(signed_boots(it));
    signed_into_update_mode(it);
    hf_order_wish wish = wish_for(it, HF_ORDER_DOWNGRADE, 7);
    make_order(&wish, key_1, token);
    trial t = {.it = it, .token = token};
    uint64_t begun = vb_flash_operations(it->board);
    int operations = vb_try(count_operations, &t);
    assert_in_range(operations, 8, 32); // two records
    int every = signed_every(7);
    for (int nth = 1; nth <= operations; nth += every) {
        t.operation = begun + (uint64_t)nth;
        t.done = ways[nth / every % 3];
        int wrong = vb_try(cut_and_see, &t);
        if (wrong != 0) {
            fail_msg("operation %d of %d, cut at %u: %d", nth, operations, (unsigned)t.done, wrong);
        }
    }
    hf_image_free(&v2);
    signed_end(it);
}

// -- protection -------------------------------------------------------------------------------------------------------

static void protected_when_ordered(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-signed");
    hf_image v1 = signed_image(it, 1, key_1, 0), v2 = signed_image(it, 2, key_1, 0);
    product_install(it, &v1);
    assert_true(signed_boots(it));
    assert_int_equal(RDP(product_peek(it, FLASH_OPTCR)), 0xAA); // not before
    signed_into_update_mode(it);
    struct hf_identity before = identity_of(it);
    assert_int_equal(before.read_level, 0);
    assert_int_equal(before.write, 0);

    uint8_t order[HF_ORDER_SIZE];
    hf_order_wish wish = wish_for(it, HF_ORDER_PROTECT, 1);
    make_order(&wish, key_1, order);
    assert_int_equal(send_bytes(it, order), HF_OK);
    product_wait(it, 2 * VB_S); // it resets itself, into update mode
    struct hf_identity after = identity_of(it);
    assert_int_equal(after.read_level, 1);
    assert_int_equal(after.write, 1);
    assert_int_equal(after.last_number, 1);
    uint32_t options = product_peek(it, FLASH_OPTCR);
    assert_int_equal(options & SECTOR_0, 0);
    assert_int_not_equal(RDP(options), 0xCC);
    assert_int_equal(send_bytes(it, order), HF_E_ORDER_REFUSED);

    assert_int_equal(flash_here(it, &v2), HF_OK); // debuggers are locked out, updates are not
    assert_true(signed_starts(it, 3 * VB_S));
    assert_true(product_holds(it, &v2));
    hf_image_free(&v1);
    hf_image_free(&v2);
    signed_end(it);
}

// Cut at a moment of the change that follows the order: the next start finishes it.
static int cut_the_change(void *context)
{
    trial *t = context;
    product *it = t->it;
    uint64_t before = vb_cuts(it->board);
    assert_int_equal(send_bytes(it, t->token), HF_OK);
    vb_cut_at(it->board, vb_now(it->board) + t->operation * 30 * VB_MS);
    (void)vb_run(it->board, vb_now(it->board) + 500 * VB_MS);
    if (vb_cuts(it->board) != before + 1) {
        return 1;
    }
    vb_power_off(it->board, true);
    vb_power_on(it->board);
    bool torn = RDP(product_peek(it, FLASH_OPTCR)) == 0xFF;
    product_wait(it, 2 * VB_S);
    uint32_t options = product_peek(it, FLASH_OPTCR);
    return (options & SECTOR_0) != 0 || RDP(options) == 0xAA || RDP(options) == 0xCC ? 2 : torn ? 100 : 0;
}

static void a_change_that_was_cut(void **state)
{
    (void)state;
    product *it = signed_make("stm32f407-signed");
    hf_image v1 = signed_image(it, 1, key_1, 0);
    uint8_t order[HF_ORDER_SIZE];
    unsigned torn = 0;
    product_install(it, &v1);
    signed_into_update_mode(it);
    hf_order_wish wish = wish_for(it, HF_ORDER_PROTECT, 1);
    make_order(&wish, key_1, order);
    trial t = {.it = it, .token = order};
    for (t.operation = 0; t.operation < 14; t.operation++) {
        int wrong = vb_try(cut_the_change, &t);
        torn += wrong == 100;
        if (wrong != 0 && wrong != 100) {
            fail_msg("cut %u: %d", (unsigned)t.operation, wrong);
        }
    }
    assert_true(torn > 0); // else no cut came in the middle of the change
    hf_image_free(&v1);
    signed_end(it);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(back_to_an_older_version_once), cmocka_unit_test(the_security_counter_never_falls),
        cmocka_unit_test(what_is_not_obeyed),
        cmocka_unit_test(a_revoked_key_orders_nothing),  cmocka_unit_test(half_an_order_and_a_stranger),
        cmocka_unit_test(whatever_the_supply_does),      cmocka_unit_test(protected_when_ordered),
        cmocka_unit_test(a_change_that_was_cut),
    };
    return cmocka_run_group_tests(tests, signed_load_keys, signed_free_keys);
}
