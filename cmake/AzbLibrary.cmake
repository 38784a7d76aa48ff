# libazb: what a user links. Shared and static, headers, pkg-config and CMake package files.

set(library_rooms base api rbac entra batch)
set(whole)
foreach(room ${library_rooms})
    list(APPEND whole ${room}_room)
endforeach()

set(archives)
foreach(room ${library_rooms})
    list(APPEND archives $<TARGET_FILE:${room}_room>)
endforeach()

add_library(azb_shared SHARED ${CMAKE_SOURCE_DIR}/cmake/empty.c)
add_dependencies(azb_shared ${whole})
set_target_properties(azb_shared PROPERTIES OUTPUT_NAME azb EXPORT_NAME azb
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
    LINK_DEPENDS "${archives}")
target_link_options(azb_shared PRIVATE "LINKER:--whole-archive" ${archives}
    "LINKER:--no-whole-archive")
if(NOT AZB_SANITIZE) # a sanitizer's names come from the program
    target_link_options(azb_shared PRIVATE LINKER:--no-undefined)
endif()
target_link_libraries(azb_shared PRIVATE azb_flags OpenSSL::Crypto Threads::Threads
    ${CMAKE_DL_LIBS})
target_include_directories(azb_shared INTERFACE
    $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# One relocatable object whose hidden symbols are local: a static libazb cannot clash with the
# names of the program that links it.
set(static_library ${CMAKE_BINARY_DIR}/libazb.a)
add_custom_command(OUTPUT ${static_library}
    COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o ${CMAKE_BINARY_DIR}/libazb.o
        -Wl,--whole-archive ${archives} -Wl,--no-whole-archive
    COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${CMAKE_BINARY_DIR}/libazb.o
    COMMAND ${CMAKE_COMMAND} -E rm -f ${static_library}
    COMMAND ${CMAKE_AR} rcs ${static_library} ${CMAKE_BINARY_DIR}/libazb.o
    DEPENDS ${whole} VERBATIM COMMENT "libazb.a")
add_custom_target(azb_static ALL DEPENDS ${static_library})

# What `cmake --install` gives: headers, both libraries, pkg-config and CMake package files.
include(CMakePackageConfigHelpers)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/azb DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(TARGETS azb_shared EXPORT azb-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${static_library} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT azb-targets NAMESPACE azb:: FILE azb-targets.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/azb)
# azb.pc finds its prefix from where it lies, so that `--install --prefix` may lead anywhere.
file(RELATIVE_PATH AZB_PC_TO_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${CMAKE_SOURCE_DIR}/cmake/azb.pc.in ${CMAKE_BINARY_DIR}/azb.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/azb.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
configure_package_config_file(${CMAKE_SOURCE_DIR}/cmake/azb-config.cmake.in
    ${CMAKE_BINARY_DIR}/azb-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/azb
    PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/azb-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/azb-config.cmake ${CMAKE_BINARY_DIR}/azb-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/azb)
