#pragma once

#include "config/config.hpp"

namespace plughost {

/// I/O threads to run: as the config says, else one for each core.
unsigned io_threads(const config::Config& config);

/// Raises the descriptor limit as far as it goes and keeps connections below it, so that plugins
/// and the host itself never run out because of clients.
config::Config within_descriptor_limit(config::Config config);

/// stdout is for the lines scripts wait for. What plugins, Python's print() and the pool's workers
/// write to descriptor 1 goes where logs go. Returns the real one.
int take_stdout();

}  // namespace plughost
