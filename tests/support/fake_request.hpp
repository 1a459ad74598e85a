#pragma once

#include <plughost/abi/abi.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::test {

/// A request head and the bytes its views point to.
///
/// Owner: the test; keep it until the answer was given, and do not move it after head().
struct FakeRequest {
  std::string method = "GET";
  std::string path = "/";
  std::string query;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::pair<std::string, std::string>> params;
  std::uint64_t deadline_ns = 0;

  const ph_req_head* head() {
    header_views_ = views(headers);
    param_views_ = views(params);
    head_ = {};
    head_.size = sizeof head_;
    head_.flags = PH_RF_BODY_COMPLETE;
    head_.method = view(method);
    head_.http_version = view("1.1");
    head_.scheme = view("http");
    head_.host = view("localhost");
    head_.raw_target = view(path);
    head_.raw_path = view(path);
    head_.path = view(path);
    head_.query = view(query);
    head_.route = view(path);
    head_.client_addr = view("127.0.0.1");
    head_.headers = header_views_.data();
    head_.n_headers = header_views_.size();
    head_.params = param_views_.data();
    head_.n_params = param_views_.size();
    head_.body = {body.data(), body.size()};
    head_.content_length = body.size();
    head_.deadline_ns = deadline_ns;
    head_.request_id = view("id-1");
    return &head_;
  }

 private:
  static ph_str view(std::string_view text) { return {text.data(), text.size()}; }

  static std::vector<ph_header> views(
      const std::vector<std::pair<std::string, std::string>>& lines) {
    std::vector<ph_header> result;
    for (const auto& [name, value] : lines) result.push_back({view(name), view(value)});
    return result;
  }

  ph_req_head head_{};
  std::vector<ph_header> header_views_;
  std::vector<ph_header> param_views_;
};

}  // namespace plughost::test
