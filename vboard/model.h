// SPDX-License-Identifier: MIT
// What a peripheral model sees of the board, and what the board sees of a model.
//
// A model is one file in vboard/models/, named after the generation in the chip files, exporting one const vb_model.
// Models know registers and time, not the CPU engine and not each other; where two must talk (DMA requests, pins,
// clocks) they talk through the services below.
#ifndef VB_MODEL_H
#define VB_MODEL_H

#include "vboard.h"

typedef struct vb_device vb_device;

typedef enum vb_reset {
    VB_RESET_POWER,      // everything but a VBAT-supplied backup domain. Comes when the supply falls (what is under way is
                         // cut at that moment) and again when it rises; in between no event is delivered
    VB_RESET_SYSTEM,     // NRST, SYSRESETREQ, watchdog: everything but backup domain, RAM, RCC_CSR flags
    VB_RESET_PERIPHERAL, // this device's bit in an RCC reset register
    VB_RESET_BACKUP,     // the backup domain lost its supply, or RCC_BDCR.BDRST
} vb_reset;

// Where a reset came from, for RCC_CSR.
typedef enum vb_reset_cause {
    VB_CAUSE_POWER, VB_CAUSE_PIN, VB_CAUSE_SOFTWARE, VB_CAUSE_IWDG, VB_CAUSE_WWDG, VB_CAUSE_LOW_POWER
} vb_reset_cause;

// RTC is the clock that reaches the real-time clock, USB the one of the USB transceiver (48 MHz, when all is well); both
// are 0 while there is none. HCLK is the core's clock; AHB is that of the buses where they run slower, else 0. UART1 and
// UART2 are the kernel clocks of the USARTs on APB2 and APB1 where those have a choice, else 0.
typedef enum vb_clock {
    VB_CLOCK_HCLK, VB_CLOCK_APB1, VB_CLOCK_APB2, VB_CLOCK_LSI, VB_CLOCK_RTC, VB_CLOCK_USB, VB_CLOCK_AHB, VB_CLOCK_UART1,
    VB_CLOCK_UART2, VB_CLOCKS
} vb_clock;

typedef struct vb_model {
    const char *generation; // as in the chip file
    size_t state_size;      // bytes of private state, zeroed at creation
    bool always_clocked;    // answers without its RCC gate (the gate is checked for all others that have one)
    bool watchdog;          // it can reset a core that is locked up, and feeding it is no sign of work

    // Each may be NULL except read and write. width is 1, 2 or 4 bytes; offset is aligned to it.
    vb_status (*create)(vb_device *device);             // once, after all devices exist
    void (*destroy)(vb_device *device);
    void (*reset)(vb_device *device, vb_reset kind);
    uint32_t (*read)(vb_device *device, uint32_t offset, unsigned width);
    void (*write)(vb_device *device, uint32_t offset, unsigned width, uint32_t value);
    void (*event)(vb_device *device, unsigned id);      // a moment it scheduled has come
    void (*clock_changed)(vb_device *device);           // the clock of its bus changed
    void (*pins_changed)(vb_device *device);            // routing or levels of pins changed (GPIO calls vb_pins_changed)
    void (*crystal_changed)(vb_device *device);         // vb_crystal was called; RCC asks vb_crystal_works
    // Persistent content for the state file; the board itself keeps the flash array. save returns the byte count and
    // fills buffer when it is not NULL.
    size_t (*save)(vb_device *device, void *buffer);
    bool (*load)(vb_device *device, const void *buffer, size_t size);
    const struct vb_usb_function *usb; // a USB device controller's side of the bus; NULL for everything else
} vb_model;

struct vb_device {
    const vb_model *model;
    vb_board *board;
    const hf_peripheral *info;
    void *state;
    unsigned index; // in the board's device table
    struct vb_usb_host *usb_host; // what is at the other end of a USB device controller's cable; NULL: nothing
};

extern const vb_model *const vb_models[]; // vboard/models/models.c; ends with NULL

// -- services: the board ------------------------------------------------------------------------------------------------
const hf_board *vb_description(const vb_board *board);
vb_device *vb_device_named(const vb_board *board, const char *name); // "otg_fs"; NULL when the chip has none
// Host memory of a RAM or ROM region of the chip file ("option_bytes"), NULL when the chip has none of that name.
uint8_t *vb_region(vb_board *board, const char *name);
// What chance decides (the content a torn flash operation leaves) is a function of this number. See vb_set_seed.
uint64_t vb_seed(const vb_board *board);

// Words that one model sets and others look at, all 0 at creation. The board only keeps them: whoever sets a word also
// sets it at a reset.
typedef enum vb_link {
    VB_LINK_EXTI_PORTS,        // SYSCFG for EXTI: 4 bits per line, 0 = port A
    VB_LINK_HARDWARE_WATCHDOG, // option bytes for IWDG: it starts by itself at the next reset
    VB_LINK_BACKUP_REGULATOR,  // PWR for the backup SRAM: kept on VBAT
    VB_LINK_VOLTAGE_SCALE,     // PWR of the H7 for RCC and flash: 0 (VOS0, fastest) to 3
    VB_LINK_OVERDRIVE,         // SYSCFG of the H7 for PWR: PWRCR.ODEN
    VB_LINK_USB_SUPPLY,        // PWR of the H7 for OTG: USB33DEN
    VB_LINK_BANK_SWAP,         // flash for SYSCFG of the H7: SWAP_BANK as in force
    VB_LINK_BACKUP_SOFT_RESET, // RCC for the backup SRAM: the backup reset under way is BDRST, which spares it
    VB_LINKS
} vb_link;
void vb_link_set(vb_board *board, vb_link link, uint64_t value);
uint64_t vb_link_get(const vb_board *board, vb_link link);

// -- services: time ---------------------------------------------------------------------------------------------------
// One pending moment per device and id (0..15); scheduling it again moves it. vb_now is the core's present.
void vb_schedule(vb_device *device, unsigned id, vb_time at);
void vb_cancel(vb_device *device, unsigned id);
bool vb_scheduled(const vb_device *device, unsigned id, vb_time *at);
// The core's access under way ends no sooner than this moment; devices and time go on, the core does not. May be called
// again later to move the moment further away.
void vb_stall(vb_device *device, vb_time until);

// -- services: clocks and reset -----------------------------------------------------------------------------------------
void vb_set_clock(vb_board *board, vb_clock clock, uint32_t hz); // RCC only; tells every device. HCLK 0: the core stands
uint32_t vb_clock_hz(const vb_board *board, vb_clock clock);
uint32_t vb_device_clock(const vb_device *device);              // the clock of its own bus
bool vb_crystal_works(const vb_board *board);                   // there is an HSE crystal and it oscillates
uint32_t vb_supply_mv(const vb_board *board);                   // for a voltage detector
bool vb_external_works(const vb_board *board);                  // the external flash is there
void vb_set_gate(vb_board *board, const char *bus, uint32_t enabled_bits); // RCC only
void vb_reset_devices(vb_board *board, const char *bus, uint32_t bits);    // RCC only: RSTR bits
void vb_reset_request(vb_board *board, vb_reset_cause cause);  // system reset at the next block border
vb_reset_cause vb_last_reset(const vb_board *board);           // of the reset under way, or the last one
void vb_backup_reset(vb_board *board);                         // RCC_BDCR.BDRST
bool vb_backup_writable(const vb_board *board);                // PWR_CR.DBP
void vb_set_backup_writable(vb_board *board, bool writable);   // PWR only

// -- services: interrupts -----------------------------------------------------------------------------------------------
void vb_irq(vb_device *device, unsigned nth, bool level);       // nth of the device's irqs; level-sensitive
void vb_nmi(vb_device *device, bool level);                     // the core's NMI input

// -- services: memory ---------------------------------------------------------------------------------------------------
// What is seen at address 0 from now on (flash, system memory, RAM). SYSCFG only; flash at creation.
void vb_set_boot_alias(vb_board *board, uint32_t address);
// Bus-master view (DMA): RAM, flash and peripheral registers. False on a bus error.
bool vb_bus_read(vb_board *board, uint32_t address, unsigned width, uint32_t *value);
bool vb_bus_write(vb_board *board, uint32_t address, unsigned width, uint32_t value);
// Flash array as the flash model owns it: size bytes from chip.flash.address, host memory.
uint8_t *vb_flash_array(vb_board *board);
// The flash model changed bytes of the array: code translated from there is stale.
void vb_flash_changed(vb_board *board, uint32_t address, size_t size);
// A store by the core or a bus master into the flash array is not memory but a command. The flash model registers here.
typedef void (*vb_flash_store_fn)(vb_device *device, uint32_t address, unsigned width, uint32_t value);
void vb_on_flash_store(vb_device *device, vb_flash_store_fn fn);
// Loads from a watched page of flash (4 KB) ask this function first: false is a bus error. For arrays with units that
// cannot be read.
typedef bool (*vb_flash_load_fn)(vb_device *device, uint32_t address, unsigned width);
void vb_on_flash_load(vb_device *device, vb_flash_load_fn fn);
void vb_watch_flash(vb_board *board, uint32_t address, bool on); // the page around address
// Where the core finds its vector table after a reset, on chips that take it from option bytes instead of address 0.
void vb_set_boot_vectors(vb_board *board, uint32_t address);
// While busy, a fetch or read of [address, address+size) stalls the core until this moment; 0 size ends it. A core that
// executes from there stalls at once: time passes, devices go on.
void vb_flash_busy(vb_device *device, uint32_t address, size_t size, vb_time until);
// An operation of this device on what the chip keeps begins now and ends at that moment, before anything has changed:
// counts it, and may plan a cut of the supply. size bytes from address, 0 for option bytes without an address.
void vb_flash_begins(vb_device *device, vb_flash_kind kind, uint32_t address, uint32_t size, vb_time end);
// Whether the operation that has just begun is one that fails, and with which flags (vb_fail_at_operation): *end, where
// it ends, moves far away when it hangs.
bool vb_flash_fails(vb_device *device, uint32_t *flags, vb_time *end);
// Raises a precise bus fault on the access under way (wrong flash key, ...).
void vb_bus_fault(vb_device *device);

// -- services: DMA ------------------------------------------------------------------------------------------------------
// A peripheral raises or lowers a request line; the controller model answers by reading or writing its data register.
void vb_dma_request(vb_device *device, const hf_dma_line *line, bool level);
// The controller model registers the receiver of requests.
typedef void (*vb_dma_fn)(vb_device *controller, unsigned stream, unsigned channel, bool level);
void vb_on_dma(vb_device *controller, vb_dma_fn fn);

// -- services: pins -----------------------------------------------------------------------------------------------------
// GPIO models own pins: they report each pin's drive, the board resolves it with what is outside and calls back
// pins_changed on every device. VB_FLOATING with pull gives the weak level.
typedef struct vb_pin_state {
    vb_level drive;   // push-pull or open-drain output, VB_FLOATING when not driven
    hf_pull pull;
    int8_t af;        // alternate function number, -1 when the pin is not in that mode
} vb_pin_state;
void vb_pin_set(vb_device *gpio, hf_pin pin, const vb_pin_state *state);
bool vb_signal_routed(const vb_device *device, const char *suffix); // is "<name>_<suffix>" (tx, rx) on some pin?

// -- services: serial lines -----------------------------------------------------------------------------------------------
// UART models register the far end's entry points; vb_uart_* of vboard.h end here.
typedef struct vb_uart_ops {
    void (*line_changed)(vb_device *device); // far end's settings changed
    void (*bytes_waiting)(vb_device *device); // the far end's queue is no longer empty: fetch with vb_uart_next
} vb_uart_ops;
void vb_uart_register(vb_device *device, const vb_uart_ops *ops);
bool vb_uart_far_line(const vb_device *device, vb_line *line);     // false: nobody connected
typedef enum vb_wire { VB_WIRE_NOTHING, VB_WIRE_BYTE, VB_WIRE_BREAK } vb_wire;
vb_wire vb_uart_next(vb_device *device, uint8_t *byte);            // takes one from the far end's queue
void vb_uart_deliver(vb_device *device, vb_time when, uint8_t byte, bool damaged); // to the far end

// -- services: USB ------------------------------------------------------------------------------------------------------
// A model of a USB device controller offers its side of the bus in vb_model.usb; the host (vboard/usb) keeps the time of
// the bus and calls these at the end of what they tell of. Addresses and toggles are those in the packets.
typedef enum vb_usb_answer { VB_USB_ACK, VB_USB_NAK, VB_USB_STALL, VB_USB_SILENCE } vb_usb_answer;

#define VB_USB_PACKET 64 // longest full-speed packet but isochronous ones

typedef struct vb_usb_packet {
    uint8_t address, endpoint;
    bool data1; // data toggle
    size_t size;
    uint8_t data[VB_USB_PACKET];
} vb_usb_packet;

typedef struct vb_usb_function {
    void (*vbus)(vb_device *device, bool on);
    bool (*pulled_up)(const vb_device *device);        // D+: there is a device
    void (*reset)(vb_device *device, bool begins);     // single-ended zero begins, ends
    void (*resume)(vb_device *device);                 // the host drives K
    void (*frame)(vb_device *device, unsigned number); // start of frame, 0..2047
    vb_usb_answer (*setup)(vb_device *device, const vb_usb_packet *packet);
    vb_usb_answer (*out)(vb_device *device, const vb_usb_packet *packet);
    // ACK: there is data, filled in; taken follows when the host has acknowledged it.
    vb_usb_answer (*in)(vb_device *device, vb_usb_packet *packet);
    void (*taken)(vb_device *device, const vb_usb_packet *packet);
} vb_usb_function;

// What such a model tells the host. Its ids from VB_USB_EVENTS on belong to the host: event hands them to vb_usb_event.
#define VB_USB_EVENTS 8
void vb_usb_event(vb_device *device, unsigned id);
void vb_usb_pull_up_changed(vb_device *device);
void vb_usb_remote_wakeup(vb_device *device); // it drives K while suspended

// -- services: reports and activity -----------------------------------------------------------------------------------------
void vb_say(vb_board *board, vb_report kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
// A device with something in flight (a frame on the wire, a flash operation, a DMA transfer) is busy; vb_idle asks.
void vb_in_flight(vb_device *device, bool busy);

#endif
