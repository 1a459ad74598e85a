#include "config/source_text.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

namespace plughost::config {
namespace {

constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

[[noreturn]] void refuse(const std::string& file, SourcePosition position, std::string message) {
  throw StartError(ExitCode::refused, {{file, position, std::move(message)}});
}

std::string read_bytes(const std::string& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> stream(std::fopen(file.c_str(), "rbe"),
                                                               &std::fclose);
  if (stream == nullptr) {
    const int error = errno;
    const bool missing = error == ENOENT || error == ENOTDIR;
    refuse(file, {},
           missing ? "there is no such file; name the right one with -c"
                   : "the file cannot be opened: " + std::string(std::strerror(error)));
  }
  std::string text(kLargestFile + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stream.get()));
  if (std::ferror(stream.get()) != 0) {
    const int error = errno;
    refuse(file, {}, "the file cannot be read: " + std::string(std::strerror(error)));
  }
  if (text.size() > kLargestFile) refuse(file, {}, "the file is larger than 1 MiB");
  return text;
}

/// The length of the UTF-8 sequence at index; 0 if there is none.
std::size_t utf8_length(std::string_view text, std::size_t index) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const unsigned lead = byte(index);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : (lead < 0xF0 ? 3 : 4);
  const unsigned second = byte(index + 1);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  if (overlong || outside) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(index + i) & 0xC0) != 0x80) return 0;
  }
  return length;
}

bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < ' ' && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

void check_characters(const std::string& file, const SourceText& source) {
  const std::string_view text = source.text();
  for (std::size_t index = 0; index < text.size();) {
    const std::size_t length = utf8_length(text, index);
    if (length == 0) {
      refuse(file, source.position(index), "the file is not UTF-8 here; save it as UTF-8");
    }
    if (is_forbidden(text[index])) {
      refuse(file, source.position(index),
             "a control character is not allowed in YAML; remove it, or write it as an escape in "
             "double quotes");
    }
    index += length;
  }
}

}  // namespace

SourceText::SourceText(std::string text) : text_(std::move(text)), line_starts_{0} {
  for (std::size_t index = 0; index < text_.size(); ++index) {
    const bool lone_return =
        text_[index] == '\r' && (index + 1 == text_.size() || text_[index + 1] != '\n');
    if (text_[index] == '\n' || lone_return) line_starts_.push_back(index + 1);
  }
}

std::string_view SourceText::line(int number) const {
  if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return "";
  const std::size_t start = line_starts_[static_cast<std::size_t>(number) - 1];
  const std::string_view rest = text().substr(start);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

std::size_t SourceText::offset(SourcePosition position) const {
  const auto line = static_cast<std::size_t>(position.line);
  if (position.line < 1 || position.column < 1 || line > line_starts_.size()) return text_.size();
  return std::min(text_.size(),
                  line_starts_[line - 1] + static_cast<std::size_t>(position.column) - 1);
}

SourcePosition SourceText::position(std::size_t offset) const {
  const auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  return {static_cast<int>(next - line_starts_.begin()),
          static_cast<int>(offset - *(next - 1)) + 1};
}

SourceText read_source(const std::string& file) {
  std::string bytes = read_bytes(file);
  if (bytes.starts_with(kByteOrderMark)) bytes.erase(0, kByteOrderMark.size());
  SourceText source(std::move(bytes));
  check_characters(file, source);
  return source;
}

}  // namespace plughost::config
