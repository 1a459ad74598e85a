#pragma once

#include <string>
#include <string_view>

#include "builtin/file_tree.hpp"
#include "dispatch/responder.hpp"

namespace plughost::builtin {

/// What an answer says of a file besides what the file system knows.
struct FileTraits {
  std::string_view media_type;
  std::string_view coding;    ///< of its bytes (RFC 9110 section 8.4); empty: none
  bool negotiated = false;    ///< another client may get another coding
  std::string cache_control;  ///< empty: none
};

/// Answers a GET or HEAD with a file, once: conditional requests (RFC 9110 section 13) and one byte
/// range (section 14) are judged here.
///
/// The tag is made of size and time of change, to the nanosecond, and coding. A small body is read
/// here; of all others the I/O thread sends the file itself.
///
/// Threads: an executor's.
/// Errors:  throws before it answers, if the file cannot be read.
void answer_with_file(dispatch::Responder& responder, const dispatch::Request& request,
                      OpenFile file, const FileTraits& traits);

}  // namespace plughost::builtin
