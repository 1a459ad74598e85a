#include <boost/test/unit_test.hpp>

#include "runtime/interpreter.hpp"

namespace {

/// One interpreter for the whole program, as in the plugin.
struct WithInterpreter {
  ~WithInterpreter() { interpreter.finalize(); }

  plughost::python::Interpreter interpreter{{PLUGHOST_SOURCE_DIR "/python"}, PLUGHOST_PYTHON};
};

BOOST_TEST_GLOBAL_FIXTURE(WithInterpreter);

}  // namespace
