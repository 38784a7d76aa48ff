# Rooms: one folder, one object library, private headers.
#
# A room's headers are reachable as "room/file.h" only for the rooms that name it after DEPENDS (and
# for what depends on those). A wrong include does not compile.

set(AZB_WARNINGS -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wwrite-strings -Wundef
    -Wformat=2 -Wimplicit-fallthrough -Wvla -Wcast-qual
    # snprintf cuts on purpose: messages have a size. clang (and clang-tidy, which reads the flags of
    # gcc's build) does not know that warning and must not mind.
    -Wno-unknown-warning-option -Wno-format-truncation)

add_library(azb_flags INTERFACE)
target_compile_features(azb_flags INTERFACE c_std_11)
target_compile_definitions(azb_flags INTERFACE _GNU_SOURCE AZB_VERSION="${PROJECT_VERSION}")
target_compile_options(azb_flags INTERFACE
    "$<$<COMPILE_LANGUAGE:C>:${AZB_WARNINGS}>" -fvisibility=hidden -fno-strict-aliasing
    "$<$<COMPILE_LANGUAGE:C>:SHELL:-include ${CMAKE_SOURCE_DIR}/base/banned.h>")
if(AZB_SANITIZE)
    target_compile_options(azb_flags INTERFACE -fsanitize=${AZB_SANITIZE} -fno-omit-frame-pointer
        -fno-sanitize-recover=all)
    target_link_options(azb_flags INTERFACE -fsanitize=${AZB_SANITIZE})
else()
    target_compile_options(azb_flags INTERFACE $<$<CONFIG:Release,RelWithDebInfo>:-D_FORTIFY_SOURCE=2>
        -fstack-protector-strong)
    target_link_options(azb_flags INTERFACE -Wl,-z,relro,-z,now)
endif()

# azb_room(name DEPENDS rooms... LINKS libraries...): all *.c of the current folder (server: of its
# sub-rooms too) but main.c.
function(azb_room name)
    cmake_parse_arguments(ROOM "" "" "DEPENDS;LINKS;SUBROOMS" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
    foreach(sub ${ROOM_SUBROOMS})
        file(GLOB more CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${sub}/*.c)
        list(APPEND sources ${more})
    endforeach()
    list(FILTER sources EXCLUDE REGEX "/main\\.c$")
    # The folder under its own name and nothing beside it.
    set(visible ${CMAKE_BINARY_DIR}/rooms/${name})
    file(MAKE_DIRECTORY ${visible})
    file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${visible}/${name} SYMBOLIC)
    if(NOT sources)
        set(sources ${CMAKE_SOURCE_DIR}/cmake/empty.c)
    endif()
    add_library(${name}_room STATIC ${sources})
    set_target_properties(${name}_room PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(${name}_room PUBLIC ${visible} ${CMAKE_SOURCE_DIR}/include)
    target_link_libraries(${name}_room PUBLIC azb_flags ${ROOM_LINKS})
    foreach(room ${ROOM_DEPENDS})
        target_link_libraries(${name}_room PUBLIC ${room}_room)
    endforeach()
endfunction()
