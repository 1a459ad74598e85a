#include "http/websocket_reader.hpp"

#include <algorithm>

namespace plughost::http::websocket {
namespace {

constexpr std::size_t kPiece = 16 * 1024;     // unmasked at a time
constexpr std::size_t kKeptBytes = 4 * 1024;  // an idle connection keeps no more

void forget(std::string& bytes) {
  bytes.clear();
  if (bytes.capacity() > kKeptBytes) std::string().swap(bytes);
}

}  // namespace

Reader::Reader(std::uint64_t message_limit, const std::optional<DeflateTerms>& deflate)
    : message_limit_(message_limit) {
  if (deflate) inflater_.emplace(deflate->client_window_bits, deflate->client_keeps_context);
}

Event Reader::read(std::string_view& bytes) {
  if (is_message_) forget(message_);
  is_message_ = false;
  if (finished_) return failed_ ? Event::failed : Event::close;
  while (!bytes.empty() || (in_payload_ && frame_.length == 0)) {
    const Event event = in_payload_ ? read_payload(bytes) : read_head(bytes);
    if (event != Event::none) return event;
  }
  return Event::none;
}

Event Reader::read_head(std::string_view& bytes) {
  while (head_have_ < head_size()) {
    if (bytes.empty()) return Event::none;
    head_[head_have_++] = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (head_have_ > 2) continue;
    const Event event = judge_first_bytes();
    if (event != Event::none) return event;
  }
  return judge_length();
}

/// As far as the first two bytes tell.
std::size_t Reader::head_size() const {
  if (head_have_ < 2) return 2;
  const unsigned length = head_[1] & 0x7F;
  return 2 + (length < 126 ? 0 : length == 126 ? 2 : 8) + 4;
}

Event Reader::judge_first_bytes() {
  if (head_have_ == 1) return judge_opcode(head_[0]);
  if ((head_[1] & 0x80) == 0) return fail(kProtocolError, "a frame without a mask");
  if (is_control(frame_.opcode) && (head_[1] & 0x7F) > kControlPayload) {
    return fail(kProtocolError, "a control frame of more than 125 bytes");
  }
  return Event::none;
}

Event Reader::judge_opcode(std::uint8_t first) {
  const bool rsv1 = (first & 0x40) != 0;
  frame_.final = (first & 0x80) != 0;
  frame_.opcode = static_cast<Opcode>(first & 0x0F);
  if ((first & 0x30) != 0) return fail(kProtocolError, "a reserved bit is set");
  switch (frame_.opcode) {
    case Opcode::text:
    case Opcode::binary:
      if (in_message_) return fail(kProtocolError, "a new message inside another");
      if (rsv1 && !inflater_) return fail(kProtocolError, "a reserved bit is set");
      begin_message(frame_.opcode, rsv1);
      return Event::none;
    case Opcode::continuation:
      if (!in_message_) return fail(kProtocolError, "a continuation of no message");
      break;
    case Opcode::close:
    case Opcode::ping:
    case Opcode::pong:
      if (!frame_.final) return fail(kProtocolError, "a fragmented control frame");
      break;
    default:
      return fail(kProtocolError, "an unknown opcode");
  }
  return rsv1 ? fail(kProtocolError, "a reserved bit is set") : Event::none;
}

void Reader::begin_message(Opcode opcode, bool compressed) {
  in_message_ = true;
  text_ = opcode == Opcode::text;
  compressed_ = compressed;
  utf8_.reset();
}

Event Reader::judge_length() {
  const std::size_t key_at = head_have_ - 4;
  std::uint64_t length = head_[1] & 0x7F;
  if (key_at > 2) {
    length = 0;
    for (std::size_t i = 2; i < key_at; ++i) length = length << 8 | head_[i];
    const std::uint64_t least = key_at == 4 ? 126 : 0x10000;
    if (length < least) return fail(kProtocolError, "a length in more bytes than it needs");
    if (length >> 63 != 0) return fail(kProtocolError, "a length of 64 bits");
  }
  const bool measured = !is_control(frame_.opcode) && !compressed_;
  if (measured && length > message_limit_ - message_.size()) {
    return fail(kTooBig, "the message is too big");
  }
  frame_.length = length;
  std::copy_n(head_.data() + key_at, 4, frame_.key);
  payload_read_ = 0;
  head_have_ = 0;
  in_payload_ = true;
  if (is_control(frame_.opcode)) control_.clear();
  return Event::none;
}

Event Reader::read_payload(std::string_view& bytes) {
  std::array<char, kPiece> piece;
  const std::size_t left = std::min<std::uint64_t>(frame_.length - payload_read_, piece.size());
  const std::string_view masked = bytes.substr(0, left);
  masked.copy(piece.data(), masked.size());
  bytes.remove_prefix(masked.size());
  apply_mask(piece.data(), masked.size(), frame_.key, payload_read_);
  payload_read_ += masked.size();
  const Event event = take_piece(piece.data(), masked.size());
  if (event != Event::none || payload_read_ < frame_.length) return event;
  in_payload_ = false;
  return finish_frame();
}

Event Reader::take_piece(const char* piece, std::size_t size) {
  const std::string_view bytes(piece, size);
  if (is_control(frame_.opcode)) {
    control_ += bytes;
    return Event::none;
  }
  const std::size_t before = message_.size();
  if (compressed_) return add_inflated(inflater_->write(bytes, message_, message_limit_), before);
  message_ += bytes;
  return check_text(before);
}

Event Reader::add_inflated(Inflater::Status status, std::size_t size_before) {
  switch (status) {
    case Inflater::Status::ok:
      return check_text(size_before);
    case Inflater::Status::too_large:
      return fail(kTooBig, "the message is too big");
    case Inflater::Status::invalid:
      return fail(kBadPayload, "the compressed data is damaged");
    case Inflater::Status::no_memory:
      break;
  }
  return fail(kInternalError, "no memory to decompress");
}

Event Reader::check_text(std::size_t from) {
  if (!text_ || utf8_.write(std::string_view(message_).substr(from))) return Event::none;
  return fail(kBadPayload, "the text is not UTF-8");
}

Event Reader::finish_frame() {
  switch (frame_.opcode) {
    case Opcode::close:
      return finish_close();
    case Opcode::ping:
      return Event::ping;
    case Opcode::pong:
      return Event::pong;
    default:
      return frame_.final ? finish_message() : Event::none;
  }
}

Event Reader::finish_message() {
  if (compressed_) {
    const std::size_t before = message_.size();
    const Event event = add_inflated(inflater_->finish(message_, message_limit_), before);
    if (event != Event::none) return event;
  }
  if (text_ && !utf8_.is_complete()) return fail(kBadPayload, "the text is not UTF-8");
  in_message_ = false;
  is_message_ = true;
  return text_ ? Event::text : Event::binary;
}

Event Reader::finish_close() {
  if (control_.size() == 1) return fail(kProtocolError, "a Close frame of one byte");
  if (!control_.empty()) {
    const auto high = static_cast<std::uint8_t>(control_[0]);
    const auto low = static_cast<std::uint8_t>(control_[1]);
    closing_.code = static_cast<std::uint16_t>(high << 8 | low);
    if (!is_wire_close_code(closing_.code)) {
      return fail(kProtocolError, "a close code that may not be sent");
    }
    closing_.reason = control_.substr(2);
    if (!is_utf8(closing_.reason)) return fail(kBadPayload, "the reason is not UTF-8");
  }
  finished_ = true;
  return Event::close;
}

Event Reader::fail(std::uint16_t code, std::string_view reason) {
  closing_ = {code, std::string(reason)};
  finished_ = failed_ = true;
  forget(message_);
  return Event::failed;
}

}  // namespace plughost::http::websocket
