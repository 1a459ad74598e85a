#pragma once

#include <string_view>

namespace plughost::http {

/// Recognizes what stands between the data of two chunks (RFC 9112 section 7.1): the size and its
/// extensions, and behind the last chunk the trailer section.
///
/// Rationale: Beast judges a line when all of it, or all of the trailers, are there. A client that
/// sends nothing behind a mistake should hear of it at once, not at its time limit.
class ChunkFraming final {
 public:
  enum class Verdict {
    incomplete,  ///< good so far
    complete,    ///< data follows, or the body has ended; what is behind is not judged
    bad_size,    ///< no hexadecimal number, or one of more than kMostDigits digits
    bad_ending,  ///< a line or the data of a chunk does not end in CR LF
    bad_extension,
    bad_trailer,
    folded_trailer,
  };

  /// Leading zeros are allowed, but not without end.
  static constexpr unsigned kMostDigits = 32;

  /// bytes start with the CR LF of the chunk before, if there was one, or with a size.
  static Verdict judge(std::string_view bytes, bool behind_chunk);

 private:
  enum class State {
    data_cr,
    data_lf,  // the end of the chunk before
    size,
    after_size,  // after_size: white space, then ';'
    semicolon,
    name,
    after_name,  // of an extension
    equals,
    value,
    quoted,
    escaped,
    after_quoted,
    size_lf,
    field,
    field_name,
    field_value,
    field_lf,
    last_lf,
  };

  Verdict step(char c);
  Verdict step_size(char c);
  Verdict step_extension(char c);
  Verdict step_trailer(char c);
  Verdict end_line(char c, Verdict otherwise);
  Verdict go(State next);

  State state_ = State::size;
  unsigned digits_ = 0;
  bool last_ = true;  // the size is 0 so far
};

}  // namespace plughost::http
