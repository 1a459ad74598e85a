#pragma once

#include <string>
#include <utility>
#include <vector>

namespace plughost::python {

/// What a call of a Python function came to: the answer, and what an operator should read.
///
/// Plain bytes, no Python objects: made under the GIL, sent without it, carried between processes.
struct Reply {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string log;  ///< empty, or text for the host's log at level error (a traceback)

  /// Ready for the next call; keeps the memory of small buffers.
  void clear();
};

/// Empties a buffer that is used again and again, and gives its memory back if it has become large:
/// more than 1 MiB.
void clear_buffer(std::string& buffer);

}  // namespace plughost::python
