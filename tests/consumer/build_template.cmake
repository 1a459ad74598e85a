# Stages the SDK, copies the template out of the source tree and builds it as its reader would.
function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

set(stage "${WORK}/stage")
set(project "${WORK}/mine")
file(REMOVE_RECURSE "${stage}" "${project}")

run("${CMAKE_COMMAND}" --install "${HOST_BUILD}" --prefix "${stage}" --component sdk)
file(COPY "${TEMPLATE}/" DESTINATION "${project}")
run("${CMAKE_COMMAND}" -S "${project}" -B "${project}/build" -G "${GENERATOR}"
    "-DCMAKE_PREFIX_PATH=${stage}" "-DCMAKE_CXX_COMPILER=${CXX}"
    "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Wpedantic -Werror")
run("${CMAKE_COMMAND}" --build "${project}/build")
run("${PYTHON}" "${CHECK_EXPORTS}" "${project}/build/mine.so")
