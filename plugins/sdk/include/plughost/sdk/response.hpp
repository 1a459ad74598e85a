// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <plughost/sdk/text.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::sdk {

/// A whole answer, built by its owner and given away with Request::respond.
///
///   Response::json(std::move(document)).status(201).header("location", url)
///
/// The host writes Date, Content-Length and the connection's own fields itself.
///
/// Owner:   its builder, until respond takes it. A body given as std::string is kept (a long one is
///          lent to the host, not copied); one given by a *_view must outlive the call of respond
///          and may point into the request.
/// Threads: one at a time.
/// Limits:  a *_view answer without header() allocates nothing.
class Response final {
 public:
  explicit Response(unsigned status = 200) noexcept : status_(status) {}

  static Response json(std::string body) { return with_body(kJson, std::move(body)); }
  static Response json_view(std::string_view body) noexcept { return with_view(kJson, body); }
  static Response text(std::string body) { return with_body(kText, std::move(body)); }
  static Response text_view(std::string_view body) noexcept { return with_view(kText, body); }

  Response& status(unsigned status) & noexcept {
    status_ = status;
    return *this;
  }
  Response&& status(unsigned status) && noexcept { return std::move(this->status(status)); }

  /// Adds one header line. A Content-Type replaces that of json() and text().
  Response& header(std::string name, std::string value) & {
    if (same_field_name(name, kContentType)) content_type_ = {};
    headers_.emplace_back(std::move(name), std::move(value));
    return *this;
  }
  Response&& header(std::string name, std::string value) && {
    return std::move(this->header(std::move(name), std::move(value)));
  }

  Response& body(std::string body) & {
    owned_ = std::move(body);
    borrowed_ = {};
    return *this;
  }
  Response&& body(std::string body) && { return std::move(this->body(std::move(body))); }

  Response& body_view(std::string_view body) & noexcept {
    borrowed_ = body;
    owned_.clear();
    return *this;
  }
  Response&& body_view(std::string_view body) && noexcept {
    return std::move(this->body_view(body));
  }

  /// Makes the terminal call; the body is gone afterwards, whatever it returns.
  ph_status send(const ph_host* host, ph_req token) &&;

  /// The same with a part of a file in place of the body, which must be empty; see
  /// Request::respond_file.
  ph_status send_file(const ph_host* host, ph_req token, int fd, std::uint64_t offset,
                      std::uint64_t length) &&;

 private:
  static constexpr std::string_view kContentType = "content-type";
  static constexpr std::string_view kJson = "application/json";
  static constexpr std::string_view kText = "text/plain; charset=utf-8";
  // Below this a copy into the host's own buffer is cheaper than an allocation and a release.
  static constexpr std::size_t kLendFromBytes = 4096;
  static constexpr std::size_t kInlineHeaders = 8;

  class HeaderArray;

  static Response with_body(std::string_view content_type, std::string body) {
    Response response;
    response.content_type_ = content_type;
    response.owned_ = std::move(body);
    return response;
  }
  static Response with_view(std::string_view content_type, std::string_view body) noexcept {
    Response response;
    response.content_type_ = content_type;
    response.borrowed_ = body;
    return response;
  }

  std::size_t header_count() const noexcept {
    return headers_.size() + (content_type_.empty() ? 0 : 1);
  }
  void write_headers(ph_header* out) const noexcept {
    if (!content_type_.empty()) *out++ = {to_abi(kContentType), to_abi(content_type_)};
    for (const auto& [name, value] : headers_) *out++ = {to_abi(name), to_abi(value)};
  }

  unsigned status_;
  std::string_view content_type_;  // one of the constants above, or empty
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string owned_;
  std::string_view borrowed_;
};

/// The header lines of a response as the ABI takes them; lives as long as the call that reads them.
class Response::HeaderArray final {
 public:
  explicit HeaderArray(const Response& response) : count_(response.header_count()) {
    if (count_ > kInlineHeaders) many_.resize(count_);
    response.write_headers(data());
  }
  HeaderArray(const HeaderArray&) = delete;
  HeaderArray& operator=(const HeaderArray&) = delete;

  ph_header* data() noexcept { return many_.empty() ? few_ : many_.data(); }

  void describe(const Response& response, ph_response& answer) noexcept {
    answer.size = sizeof answer;
    answer.status = response.status_;
    answer.headers = data();
    answer.n_headers = count_;
  }

 private:
  const std::size_t count_;
  ph_header few_[kInlineHeaders];
  std::vector<ph_header> many_;
};

inline ph_status Response::send(const ph_host* host, ph_req token) && {
  HeaderArray headers(*this);
  ph_response answer{};
  headers.describe(*this, answer);
  const std::string_view body = owned_.empty() ? borrowed_ : std::string_view(owned_);
  answer.body = {body.data(), body.size()};
  if (owned_.size() >= kLendFromBytes) {
    auto lent = std::make_unique<std::string>(std::move(owned_));
    answer.body = {lent->data(), lent->size()};
    answer.release = [](void* ctx) noexcept { delete static_cast<std::string*>(ctx); };
    answer.release_ctx = lent.release();
  }
  return host->http->respond(host, token, &answer);
}

inline ph_status Response::send_file(const ph_host* host, ph_req token, int fd,
                                     std::uint64_t offset, std::uint64_t length) && {
  HeaderArray headers(*this);
  ph_response head{};
  headers.describe(*this, head);
  const auto close_file = [](void* ctx) noexcept {
    ::close(static_cast<int>(reinterpret_cast<std::intptr_t>(ctx)));
  };
  return host->http->respond_file(host, token, &head, fd, offset, length, close_file,
                                  reinterpret_cast<void*>(static_cast<std::intptr_t>(fd)));
}

}  // namespace plughost::sdk
