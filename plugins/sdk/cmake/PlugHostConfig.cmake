# find_package(PlugHost): the targets plughost::abi (C11) and plughost::sdk (C++17), and the
# function plughost_add_plugin(name sources...).
include("${CMAKE_CURRENT_LIST_DIR}/PlugHostTargets.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/PlugHostAddPlugin.cmake")
