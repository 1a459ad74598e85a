#pragma once

#include <memory>

#include "dispatch/request.hpp"

namespace plughost::http {
class ContentEncoder;
}

/// Compression of answers, for routes that have it. All of it after the terminal call was claimed,
/// or by start().
namespace plughost::dispatch {

enum class Encoding {
  none,
  here,         ///< it is small
  on_executor,  ///< it would hold an I/O thread, or the plugin's, for too long
};

/// Decides how request.answer is encoded, and sets its coding.
Encoding plan_encoding(Request& request);

/// Encodes request.answer by its coding, and clears that. Leaves an answer that does not get
/// smaller as it is, and one for which there is no memory.
void encode_answer(Request& request) noexcept;

/// The encoder of an answer that begins as a stream, whose headers then say so; null: none.
std::unique_ptr<http::ContentEncoder> begin_encoding(Request& request);

}  // namespace plughost::dispatch
