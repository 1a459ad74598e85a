#pragma once

#include "core/py_ref.hpp"

namespace plughost::python {

class Generations;
struct Settings;

/// Python's way to the pools: makes `plughost.pools` use those of this process,
/// each caller those of its own generation.
///
/// Owner:   the plugin instance, beside the pools, which outlive the interpreter.
/// Threads: control, GIL held, destruction included.
class PoolCalls final {
 public:
  /// Before users' modules are imported. Errors: throws BindError.
  void attach(Generations& generations, const Settings& settings);
  /// When the pools have stopped, and so closed their desk: until every future is set, or for two
  /// seconds, as callbacks of futures are users' code.
  void stop();
  /// Before the interpreter is finalised, when the desk is closed.
  void clear();

 private:
  PyRef backend_;  // plughost._pool_host.HostBackend
};

}  // namespace plughost::python
