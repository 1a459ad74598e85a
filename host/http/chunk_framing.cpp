#include "http/chunk_framing.hpp"

#include "http/characters.hpp"

namespace plughost::http {

ChunkFraming::Verdict ChunkFraming::judge(std::string_view bytes, bool behind_chunk) {
  ChunkFraming framing;
  if (behind_chunk) framing.state_ = State::data_cr;
  for (const char c : bytes) {
    const Verdict verdict = framing.step(c);
    if (verdict != Verdict::incomplete) return verdict;
  }
  return Verdict::incomplete;
}

ChunkFraming::Verdict ChunkFraming::go(State next) {
  state_ = next;
  return Verdict::incomplete;
}

ChunkFraming::Verdict ChunkFraming::step(char c) {
  switch (state_) {
    case State::data_cr:
      return c == '\r' ? go(State::data_lf) : Verdict::bad_ending;
    case State::data_lf:
      return c == '\n' ? go(State::size) : Verdict::bad_ending;
    case State::size:
      return step_size(c);
    case State::size_lf:
      if (c != '\n') return Verdict::bad_ending;
      return last_ ? go(State::field) : Verdict::complete;
    case State::field:
    case State::field_name:
    case State::field_value:
    case State::field_lf:
    case State::last_lf:
      return step_trailer(c);
    default:
      return step_extension(c);
  }
}

ChunkFraming::Verdict ChunkFraming::step_size(char c) {
  const int digit = hex_value(c);
  if (digit >= 0) {
    if (digit > 0) last_ = false;
    return ++digits_ > kMostDigits ? Verdict::bad_size : Verdict::incomplete;
  }
  if (digits_ == 0) return Verdict::bad_size;
  if (c == ';') return go(State::semicolon);
  if (is_whitespace(c)) return go(State::after_size);
  return end_line(c, Verdict::bad_size);
}

ChunkFraming::Verdict ChunkFraming::end_line(char c, Verdict otherwise) {
  if (c == '\r') return go(State::size_lf);
  return c == '\n' ? Verdict::bad_ending : otherwise;
}

ChunkFraming::Verdict ChunkFraming::step_extension(char c) {
  switch (state_) {
    case State::semicolon:
      if (is_whitespace(c)) return Verdict::incomplete;
      return is_token_character(c) ? go(State::name) : Verdict::bad_extension;
    case State::name:
      if (is_token_character(c)) return Verdict::incomplete;
      [[fallthrough]];
    case State::after_name:
      if (c == '=') return go(State::equals);
      break;
    case State::equals:
      if (is_whitespace(c)) return Verdict::incomplete;
      if (c == '"') return go(State::quoted);
      return is_token_character(c) ? go(State::value) : Verdict::bad_extension;
    case State::value:
      if (is_token_character(c)) return Verdict::incomplete;
      break;
    case State::quoted:
      if (c == '"') return go(State::after_quoted);
      if (c == '\\') return go(State::escaped);
      return is_field_text({&c, 1}) ? Verdict::incomplete : Verdict::bad_extension;
    case State::escaped:
      return is_field_text({&c, 1}) ? go(State::quoted) : Verdict::bad_extension;
    default:
      break;
  }
  if (c == ';') return go(State::semicolon);
  if (is_whitespace(c)) {
    return go(state_ == State::name || state_ == State::after_name ? State::after_name
                                                                   : State::after_size);
  }
  const bool behind_white_space = state_ == State::after_name || state_ == State::after_size;
  return behind_white_space ? Verdict::bad_extension : end_line(c, Verdict::bad_extension);
}

ChunkFraming::Verdict ChunkFraming::step_trailer(char c) {
  switch (state_) {
    case State::field:
      if (c == '\r') return go(State::last_lf);
      if (is_whitespace(c)) return Verdict::folded_trailer;
      return is_token_character(c) ? go(State::field_name) : Verdict::bad_trailer;
    case State::field_name:
      if (c == ':') return go(State::field_value);
      return is_token_character(c) ? Verdict::incomplete : Verdict::bad_trailer;
    case State::field_value:
      if (c == '\r') return go(State::field_lf);
      return is_field_text({&c, 1}) ? Verdict::incomplete : Verdict::bad_trailer;
    case State::field_lf:
      return c == '\n' ? go(State::field) : Verdict::bad_ending;
    default:
      return c == '\n' ? Verdict::complete : Verdict::bad_ending;
  }
}

}  // namespace plughost::http
