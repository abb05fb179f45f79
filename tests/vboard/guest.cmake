# Guests: small bare-metal programs for a Cortex-M4F, compiled for the virtual board while the tests are built.
#
# hf_guest_program(NAME sources... [FLAGS flags...])
#   Makes NAME.elf in the current binary folder: start-up and vector table from guest/start.S, linked for flash at
#   0x08000000 and RAM at 0x20000000 with guest/guest.ld. Include guest.h for registers and results.
#
# hf_guest_use(TEST guests...)
#   Builds the guests before the test program TEST and tells it their folder as HF_GUEST_DIR.
find_program(HF_GUEST_CC arm-none-eabi-gcc REQUIRED)

set(HF_GUEST_FOLDER ${CMAKE_CURRENT_LIST_DIR}/guest)
set(HF_GUEST_FLAGS
    -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16
    -std=gnu11 -O1 -g -ffreestanding -ffunction-sections -fno-tree-loop-distribute-patterns
    -Wall -Wextra -Werror -I${HF_GUEST_FOLDER}
    -nostdlib -Wl,--gc-sections -Wl,--build-id=none -Wl,--no-warn-rwx-segments
    -Wl,-T,${HF_GUEST_FOLDER}/guest.ld)

function(hf_guest_program name)
    cmake_parse_arguments(arg "" "" "FLAGS" ${ARGN})
    set(elf ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
    set(sources ${HF_GUEST_FOLDER}/start.S)
    foreach(source ${arg_UNPARSED_ARGUMENTS})
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        list(APPEND sources ${source})
    endforeach()
    add_custom_command(OUTPUT ${elf}
        COMMAND ${HF_GUEST_CC} ${HF_GUEST_FLAGS} ${arg_FLAGS} ${sources} -lgcc -o ${elf}
        DEPENDS ${sources} ${HF_GUEST_FOLDER}/guest.h ${HF_GUEST_FOLDER}/guest.ld
        COMMENT "Building guest ${name}.elf" VERBATIM)
    add_custom_target(${name} DEPENDS ${elf})
endfunction()

function(hf_guest_use test)
    add_dependencies(${test} ${ARGN})
    target_compile_definitions(${test} PRIVATE HF_GUEST_DIR="${CMAKE_CURRENT_BINARY_DIR}")
endfunction()
