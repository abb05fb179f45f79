// SPDX-License-Identifier: MIT
// The request mailbox: RTC backup register 0. Who wants something of the bootloader writes it there and resets; the
// bootloader clears it when it reads it, so a request is obeyed once.
#ifndef HF_MAILBOX_H
#define HF_MAILBOX_H

#define HF_REQUEST_UPDATE 0xDEADBEEFu // an application: stay in update mode
#define HF_REQUEST_START  0x600DB007u // update mode itself: start the application if it is valid, button or not

#endif
