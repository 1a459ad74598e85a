#pragma once

#include <string_view>

/// The process log: one line an event, on stderr.
///
/// Threads: every function on [any]; writing a line may block on a slow stderr, so the request path
///          logs only what went wrong.
namespace plughost::log {

enum class Level { debug, info, warn, error };

/// Lines below this level are dropped; the default is info.
void set_level(Level level);
bool enabled(Level level);

void write(Level level, std::string_view line);
inline void debug(std::string_view line) { write(Level::debug, line); }
inline void info(std::string_view line) { write(Level::info, line); }
inline void warn(std::string_view line) { write(Level::warn, line); }
inline void error(std::string_view line) { write(Level::error, line); }

void flush();

}  // namespace plughost::log
