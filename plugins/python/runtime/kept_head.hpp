#pragma once

#include <plughost/abi/request.h>

#include <string>

#include "core/views.hpp"

namespace plughost::python {

/// What log lines and problems say of a request, for those who outlive it: the host takes its head
/// back with the terminal call.
///
/// Threads: its owner's.
class KeptHead final {
 public:
  KeptHead() { head_.size = sizeof(head_); }
  explicit KeptHead(const ph_req_head& head) : KeptHead() { keep(head); }
  KeptHead(const KeptHead&) = delete;
  KeptHead& operator=(const KeptHead&) = delete;

  void keep(const ph_req_head& head) {
    const ph_str parts[] = {head.method, head.raw_path, head.request_id};
    text_.clear();
    for (const ph_str& part : parts) text_ += view(part);
    const char* at = text_.data();
    ph_str* const copies[] = {&head_.method, &head_.raw_path, &head_.request_id};
    for (std::size_t i = 0; i < std::size(parts); ++i) {
      *copies[i] = {at, parts[i].len};
      at += parts[i].len;
    }
    head_.deadline_ns = head.deadline_ns;
  }

  /// Only method, raw_path, request_id and deadline_ns; all empty before keep.
  const ph_req_head& head() const { return head_; }

 private:
  std::string text_;
  ph_req_head head_{};
};

}  // namespace plughost::python
