# penstock_room(NAME [DEPS rooms...] [LIBS libraries...] [TEST_LIBS libraries...])
#
# One room of the house: every *.cc in the current folder (but main.cc) is compiled into the static
# library penstock_NAME, and every *_test.cc into the test program NAME_test, which ctest runs with
# the room as its label. Sources are globbed, so no file and no test can be forgotten.
function(penstock_room name)
  cmake_parse_arguments(room "" "" "DEPS;LIBS;TEST_LIBS" ${ARGN})
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${name})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "(_(test|bench)|/main)\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(TRANSFORM room_DEPS PREPEND penstock_)

  if(sources)
    add_library(penstock_${name} STATIC ${sources})
    target_link_libraries(penstock_${name} PUBLIC penstock_flags ${room_DEPS} ${room_LIBS})
  else()
    add_library(penstock_${name} INTERFACE)
    target_link_libraries(penstock_${name} INTERFACE penstock_flags ${room_DEPS} ${room_LIBS})
  endif()

  if(PENSTOCK_DEV_MODE AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE penstock_${name} ${room_TEST_LIBS} GTest::gtest GTest::gtest_main)
    if(PENSTOCK_SANITIZE)  # Halves the time that g++ takes for them; what they test stays optimised.
      target_compile_options(${name}_test PRIVATE -O0)
    endif()
    # From the root of the tree: tests read its documents.
    gtest_discover_tests(${name}_test WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}
      PROPERTIES LABELS ${name} TIMEOUT 600 DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
