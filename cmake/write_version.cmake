# Run with each build (server/base/CMakeLists.txt): writes OUTPUT from TEMPLATE with VERSION and the revision of the tree
# at SOURCE_DIR. The file is touched only when its text changes, and one small library is all that is made from it, so
# that a commit costs one link of what prints the revision.
execute_process(
  COMMAND git --no-optional-locks -C ${SOURCE_DIR} describe --always --dirty --abbrev=12 --exclude=*
  OUTPUT_VARIABLE REVISION OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT REVISION)
  set(REVISION "unknown")
endif()
configure_file(${TEMPLATE} ${OUTPUT} @ONLY)
