#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "base/error.hpp"
#include "config/config.hpp"

namespace plughost {

/// The running host: everything that serves, in construction order, and its ordered stop.
///
/// Start: stage, load and create plugins, bind every route, start plugins, listen. A failure undoes
/// what was done, in reverse.
/// Reload (HUP): see Reloader.
/// Stop (TERM, first INT): shutdown.delay, close the listening socket, answer what was accepted,
/// drain and stop the plugins, exit. At shutdown.timeout, or at a second signal, what is left is
/// answered 503 and the process ends.
///
/// Owner: main. Threads: run() on [main], which itself only waits for signals; starting and
/// stopping happen on a thread of their own, so that a second signal is always heard.
class App final {
 public:
  /// load: reads the configuration again, for a reload; it throws as load_yaml does.
  App(config::Config config, std::function<config::Config()> load,
      std::filesystem::path executable_directory);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Serves until a signal ends it. Mistakes found while starting go to stderr, a line each.
  ExitCode run();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plughost
