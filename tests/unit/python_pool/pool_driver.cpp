// A process with a pool, for tests that kill it: pool_driver TARGET prints "ready" once the pool
// has started, then runs one TARGET request for each line of its input.
#include <iostream>
#include <string>

#include "runtime/interpreter.hpp"
#include "unit/python_pool/pool_fixture.hpp"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  plughost::python::Interpreter interpreter({PLUGHOST_SOURCE_DIR "/python"}, PLUGHOST_PYTHON);
  {
    plughost::testing::PoolRun run(2);
    run.pool().add_route(run.route(argv[1]));
    run.pool().start();
    std::cout << "ready" << std::endl;
    for (std::string query; std::getline(std::cin, query);) run.send(argv[1], query);
  }
  interpreter.finalize();
}
