// SPDX-License-Identifier: MIT
// DFU devices at the USB ports of this machine, through libusb.
#include <libusb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "dfu.h"
#include "hf_dfu.h"

#define TIMEOUT_MS 5000u

typedef struct link {
    libusb_context *usb;
    libusb_device_handle *handle;
    uint8_t interface;
} link;

static hf_error translate(int code, hf_problem *problem, const char *what)
{
    hf_error error = code == LIBUSB_ERROR_PIPE     ? HF_E_NAK
                     : code == LIBUSB_ERROR_ACCESS ? HF_E_USB_PERMISSION
                     : code == LIBUSB_ERROR_BUSY   ? HF_E_BUSY
                                                   : HF_E_LINK_LOST;
    return hf_fail(problem, error, "%s: %s", what, libusb_strerror(code));
}

// -- transfers --------------------------------------------------------------------------------------------------------

static hf_error control(void *context, uint8_t type, uint8_t request, uint16_t value, void *data, uint16_t length,
                        size_t *actual, hf_problem *problem)
{
    link *it = context;
    int moved = libusb_control_transfer(it->handle, type, request, value, it->interface, data, length, TIMEOUT_MS);
    *actual = moved > 0 ? (size_t)moved : 0;
    return moved >= 0 ? HF_OK : translate(moved, problem, "the device did not take a request");
}

static void wait_ms(void *context, uint32_t ms)
{
    (void)context;
    struct timespec left = {ms / 1000, (long)(ms % 1000) * 1000000};
    while (nanosleep(&left, &left) != 0) {
    }
}

static uint64_t now_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void close_link(void *context)
{
    link *it = context;
    libusb_release_interface(it->handle, it->interface);
    libusb_close(it->handle);
    libusb_exit(it->usb);
    free(it);
}

// -- finding ----------------------------------------------------------------------------------------------------------

// The DFU interface in DFU mode, alternate setting 0.
static bool find_interface(libusb_device *device, uint8_t *number, uint8_t *string)
{
    struct libusb_config_descriptor *configuration;
    if (libusb_get_active_config_descriptor(device, &configuration) != 0) {
        return false;
    }
    bool found = false;
    for (unsigned i = 0; i < configuration->bNumInterfaces && !found; i++) {
        const struct libusb_interface_descriptor *at = configuration->interface[i].altsetting;
        found = at->bInterfaceClass == 0xFE && at->bInterfaceSubClass == 1 && at->bInterfaceProtocol == 2;
        *number = at->bInterfaceNumber;
        *string = at->iInterface;
    }
    libusb_free_config_descriptor(configuration);
    return found;
}

static void get_path(libusb_device *device, char *text, size_t size)
{
    uint8_t ports[8];
    int count = libusb_get_port_numbers(device, ports, sizeof ports);
    int used = snprintf(text, size, "%u", libusb_get_bus_number(device));
    for (int i = 0; i < count && used < (int)size; i++) {
        used += snprintf(text + used, size - (size_t)used, "%c%u", i == 0 ? '-' : '.', ports[i]);
    }
}

static void get_string(libusb_device_handle *handle, uint8_t index, char *text, size_t size)
{
    int length = libusb_get_string_descriptor_ascii(handle, index, (unsigned char *)text, (int)size - 1);
    text[length > 0 ? length : 0] = '\0';
}

static bool matches(const hf_dfu_found *found, const char *filter)
{
    char ids[16];
    snprintf(ids, sizeof ids, "%04x:%04x", found->vid, found->pid);
    return filter == NULL || strcasecmp(filter, ids) == 0 || strcasecmp(filter, found->serial) == 0 ||
           strcmp(filter, found->path) == 0;
}

// Fills *found and opens the device. Not 0 when it is none of ours, or (libusb's code) may not be opened.
static int look_at(libusb_device *device, hf_dfu_found *found, libusb_device_handle **handle, uint8_t *interface)
{
    struct libusb_device_descriptor about;
    uint8_t memory;
    *handle = NULL;
    if (libusb_get_device_descriptor(device, &about) != 0 || !find_interface(device, interface, &memory)) {
        return LIBUSB_ERROR_NOT_FOUND;
    }
    *found = (hf_dfu_found){.vid = about.idVendor, .pid = about.idProduct};
    get_path(device, found->path, sizeof found->path);
    int code = libusb_open(device, handle);
    if (code == 0) {
        get_string(*handle, about.iProduct, found->product, sizeof found->product);
        get_string(*handle, about.iSerialNumber, found->serial, sizeof found->serial);
        get_string(*handle, memory, found->memory, sizeof found->memory);
    }
    return code;
}

static hf_error start(libusb_context **usb, hf_problem *problem)
{
    int code = libusb_init(usb);
    return code == 0 ? HF_OK : hf_fail(problem, HF_E_NO_USB, "USB cannot be used: %s", libusb_strerror(code));
}

typedef void (*visitor)(void *context, const hf_dfu_found *found, libusb_device_handle *handle, uint8_t interface);

// Calls visit for each device that matches, which closes the handle. HF_E_USB_PERMISSION when one of these may not be opened.
static hf_error visit_all(libusb_context *usb, const char *filter, visitor visit, void *context, hf_problem *problem)
{
    libusb_device **list;
    ssize_t count = libusb_get_device_list(usb, &list);
    hf_error error = HF_OK;
    for (ssize_t i = 0; i < count; i++) {
        hf_dfu_found found;
        libusb_device_handle *handle;
        uint8_t interface;
        int code = look_at(list[i], &found, &handle, &interface);
        if (code == 0 && found.memory[0] == '@' && matches(&found, filter)) {
            visit(context, &found, handle, interface);
        } else if (code == 0) {
            libusb_close(handle);
        } else if (code == LIBUSB_ERROR_ACCESS && matches(&found, filter)) {
            error = hf_fail(problem, HF_E_USB_PERMISSION, "the device at USB %s may not be opened by this user", found.path);
        }
    }
    if (count >= 0) {
        libusb_free_device_list(list, 1);
    }
    return error;
}

typedef struct listing {
    void (*each)(void *context, const hf_dfu_found *found);
    void *context;
} listing;

static void tell(void *context, const hf_dfu_found *found, libusb_device_handle *handle, uint8_t interface)
{
    listing *it = context;
    (void)interface;
    libusb_close(handle);
    it->each(it->context, found);
}

hf_error hf_dfu_list(const char *filter, void (*each)(void *context, const hf_dfu_found *found), void *context,
                     hf_problem *problem)
{
    libusb_context *usb;
    hf_error error = start(&usb, problem);
    if (error) {
        return error;
    }
    listing it = {each, context};
    error = visit_all(usb, filter, tell, &it, problem);
    libusb_exit(usb);
    return error;
}

typedef struct choice {
    link *it;
    hf_dfu_device *device;
    unsigned found;
} choice;

static void take_first(void *context, const hf_dfu_found *found, libusb_device_handle *handle, uint8_t interface)
{
    choice *chosen = context;
    if (chosen->found++ > 0) {
        libusb_close(handle);
        return;
    }
    chosen->it->handle = handle;
    chosen->it->interface = interface;
    memcpy(chosen->device->memory, found->memory, sizeof chosen->device->memory);
    memcpy(chosen->device->product, found->product, sizeof chosen->device->product);
    chosen->device->vid = found->vid;
    chosen->device->pid = found->pid;
}

static hf_error choose(choice *chosen, const char *filter, hf_problem *problem)
{
    hf_error error = visit_all(chosen->it->usb, filter, take_first, chosen, problem);
    if (chosen->found == 1) {
        int code = libusb_claim_interface(chosen->it->handle, chosen->it->interface);
        return code == 0 ? HF_OK : translate(code, problem, "the device cannot be claimed");
    }
    if (error) {
        return error;
    }
    return hf_fail(problem, HF_E_NO_USB, chosen->found == 0 ? "no device in DFU mode%s%s" :
                   "more than one device in DFU mode%s%s: name one by serial number or path",
                   filter != NULL ? " is " : "", filter != NULL ? filter : "");
}

hf_error hf_dfu_open(hf_dfu_device *device, const char *filter, hf_problem *problem)
{
    static const hf_dfu_ops ops = {control, wait_ms, now_ms, close_link};
    *device = (hf_dfu_device){0};
    choice chosen = {.it = calloc(1, sizeof(link)), .device = device};
    if (chosen.it == NULL) {
        return hf_fail(problem, HF_E_MEMORY, "out of memory");
    }
    hf_error error = start(&chosen.it->usb, problem);
    if (error) {
        free(chosen.it);
        return error;
    }
    error = choose(&chosen, filter, problem);
    if (error && chosen.it->handle != NULL) {
        libusb_close(chosen.it->handle);
    }
    if (error) {
        libusb_exit(chosen.it->usb);
        free(chosen.it);
        return error;
    }
    device->ops = &ops;
    device->context = chosen.it;
    return HF_OK;
}
