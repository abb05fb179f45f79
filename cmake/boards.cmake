# Firmware per board file: `holdfast layout --emit` writes what the build needs, then the cross build runs in
# build/boards/NAME. HF_BOARDS may name other board files: cmake -DHF_BOARDS=/path/to/mine.json
file(GLOB default_boards CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/boards/*.json ${PROJECT_SOURCE_DIR}/tests/boards/*.json)
set(HF_BOARDS "" CACHE STRING "board files to build firmware for; empty: all in boards/, and those of the tests")
set(HF_SIGN_KEY "" CACHE STRING "private key that signs the examples of boards at level signed; empty: the test key")
option(HF_RELEASE "firmware for customers: refuse what only suits development, published test keys above all" OFF)
set(board_files ${HF_BOARDS})
if(NOT board_files)
    set(board_files ${default_boards})
endif()

foreach(file ${board_files})
    get_filename_component(name ${file} NAME_WE)
    set(folder ${CMAKE_BINARY_DIR}/boards/${name})
    add_custom_target(board-${name} ALL
        COMMAND holdfast layout ${file} --chips ${PROJECT_SOURCE_DIR}/chips --emit ${folder} --quiet $<$<BOOL:${HF_RELEASE}>:--release>
        COMMAND ${CMAKE_COMMAND} -S ${PROJECT_SOURCE_DIR}/cmake/firmware -B ${folder}/obj -G Ninja
                -D CMAKE_TOOLCHAIN_FILE=${PROJECT_SOURCE_DIR}/cmake/arm-none-eabi.cmake -D CMAKE_BUILD_TYPE=None
                -D HF_BOARD_DIR=${folder} -D HF_BOARD_FILE=${file} -D HF_TOOL=$<TARGET_FILE:holdfast>
                -D HF_SIGN_KEY=${HF_SIGN_KEY} --log-level=WARNING
        COMMAND ${CMAKE_COMMAND} --build ${folder}/obj
        DEPENDS holdfast
        COMMENT "Firmware for ${name}"
        COMMAND_EXPAND_LISTS VERBATIM)
endforeach()
