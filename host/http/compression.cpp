#include "http/compression.hpp"

#include <string>

#include "http/accept_encoding.hpp"
#include "http/characters.hpp"
#include "http/media_type.hpp"

namespace plughost::http {
namespace {

// What a coding adds eats up what it saves.
constexpr std::uint64_t kLeastBytes = 256;

bool is_event_stream(std::string_view media_type) {
  return equals_ignoring_case(trim(media_type.substr(0, media_type.find(';'))),
                              "text/event-stream");
}

bool may_be_encoded(const HeaderLines& headers) {
  const std::string_view type = headers.value("content-type");
  return is_compressible(type) && !is_event_stream(type) && !headers.contains("content-encoding") &&
         !headers.contains("content-range") && !headers.lists("cache-control", "no-transform");
}

void add_vary(HeaderLines& headers) {
  if (headers.lists("vary", "accept-encoding") || headers.lists("vary", "*")) return;
  headers.append("vary", "accept-encoding");
}

void weaken_tag(HeaderLines& headers) {
  const std::string tag(headers.value("etag"));
  if (!tag.starts_with('"')) return;
  headers.remove("etag");
  headers.append("etag", "W/" + tag);
}

}  // namespace

std::string_view CompressionPolicy::choose(const RequestMessage& request, unsigned status,
                                           HeaderLines& headers_of_answer,
                                           std::uint64_t length) const {
  if (status == 304) {  // of an answer that was compressed, perhaps
    add_vary(headers_of_answer);
    if (!choose_coding(request, codings).empty()) weaken_tag(headers_of_answer);
    return {};
  }
  if (is_bodyless(status) || status == 206 || length < kLeastBytes) return {};
  if (!may_be_encoded(headers_of_answer)) return {};
  add_vary(headers_of_answer);
  return choose_coding(request, codings);
}

void mark_encoded(HeaderLines& headers_of_answer, std::string_view coding) {
  headers_of_answer.append("content-encoding", coding);
  headers_of_answer.remove("accept-ranges");
  weaken_tag(headers_of_answer);
}

}  // namespace plughost::http
