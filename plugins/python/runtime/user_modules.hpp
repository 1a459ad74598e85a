#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plughost::python {

/// The modules that come from users' files, a set of them for each route table that is in use:
/// plughost._generations, which says what a set is and what a reload cannot renew.
///
/// Generations are named by numbers; the first is 1.
///
/// Threads: control, GIL held.
/// Errors:  throws std::runtime_error.
namespace user_modules {

/// Before users' modules are imported. folders: the import paths.
void install(const std::vector<std::string>& folders);
/// From here on imports make a new generation; what the older ones have is set aside for their
/// code. What is imported meanwhile is new for all.
void begin(std::uint64_t number);
/// The new generation serves.
void commit();
/// Forgets a generation; if it is the newest, imports find the one before it again.
void drop(std::uint64_t number);
/// Frees what was dropped. Takes a while.
void collect();

}  // namespace user_modules

}  // namespace plughost::python
