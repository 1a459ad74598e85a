# Builds a plughost plugin: NAME.so, exporting ph_plugin_entry_v1 and nothing else.
#
#   plughost_add_plugin(mine mine.cpp more.cpp)
#
# Makes a MODULE target of that name, linked to plughost::sdk (to plughost::abi in a project without
# C++); add libraries and options to it with the usual target_* commands.
#
# Rationale: two generations of a plugin run side by side in one process during an upgrade. Symbols
# of default visibility, and GNU_UNIQUE ones (the statics of templates and inline functions) even
# under RTLD_LOCAL, would be shared between them. A symbol missing at link time (-z defs) would
# otherwise be found missing only when the host loads the file.
function(plughost_add_plugin name)
  set(map "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/plugin.map")
  add_library(${name} MODULE ${ARGN})
  set_target_properties(${name} PROPERTIES
    PREFIX "" SUFFIX ".so"
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS "${map}")
  target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
  target_link_options(${name} PRIVATE "LINKER:--version-script=${map}" "LINKER:-z,defs")
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if("CXX" IN_LIST languages)
    target_link_libraries(${name} PRIVATE plughost::sdk)
  else()
    target_link_libraries(${name} PRIVATE plughost::abi)
  endif()
endfunction()
