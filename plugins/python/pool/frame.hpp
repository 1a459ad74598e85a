#pragma once

#include <plughost/abi/request.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/reply.hpp"

namespace plughost::python::pool {

/// What a worker must know before it can call a route's function.
struct Definition {
  std::string spec;  ///< module:attr
  std::vector<std::string> params;
};

/// A batch as bytes: definitions the worker has not seen yet, then the tasks.
///
/// Between processes of one machine and one build: lengths in native order, no version.
///
/// Layout:  u32 definitions, u32 tasks; each definition: spec, u32 params, each param;
///          each task: u32 target (index of all definitions so far), the head's fields in order.
class RequestWriter final {
 public:
  void reset(const std::vector<Definition>& news, std::uint32_t n_tasks);
  void add(std::uint32_t target, const ph_req_head& head);
  std::string_view bytes() const { return out_; }
  /// When the bytes are no longer needed: gives back the memory of a large batch.
  void release() { clear_buffer(out_); }

 private:
  std::string out_;
};

/// Walks what RequestWriter wrote. Views point into the bytes given. Throws std::runtime_error when
/// the bytes end early.
class RequestReader final {
 public:
  explicit RequestReader(std::string_view bytes);

  const std::vector<Definition>& definitions() const { return definitions_; }
  std::uint32_t tasks() const { return tasks_; }
  /// The next task. The head lives until the next call.
  const ph_req_head& next(std::uint32_t& target);

 private:
  std::string_view left_;
  std::vector<Definition> definitions_;
  std::uint32_t tasks_ = 0;
  std::vector<ph_header> headers_;
  std::vector<ph_header> params_;
  ph_req_head head_{};
};

/// One task's outcome. A worker that cannot call the function at all says so as a problem: body is
/// then the detail for the client, without headers.
struct TaskReply {
  Reply reply;
  std::uint64_t took_ns = 0;
  bool problem = false;
};

void append_reply(const TaskReply& reply, std::string& out);

/// Takes the next reply off the front of bytes. False: they end early.
bool take_reply(std::string_view& bytes, TaskReply& reply);

}  // namespace plughost::python::pool
