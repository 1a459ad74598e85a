// plughost_core: what a pool worker runs requests with. Loaded by a plain python3.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <deque>
#include <memory>

#include "core/target.hpp"
#include "pool/frame.hpp"
#include "pool/mailbox.hpp"

namespace py = pybind11;

namespace plughost::python::pool {
namespace {

using Clock = std::chrono::steady_clock;

bool never_cancelled(void*) noexcept { return false; }

/// One definition and, once its import has succeeded, its target.
///
/// A failed import is tried again at most once a second: the file may have been mended.
class LazyTarget final {
 public:
  explicit LazyTarget(Definition definition) : definition_(std::move(definition)) {}

  const Target* get() {
    if (target_ == nullptr && Clock::now() >= retry_at_) load();
    return target_.get();
  }
  const std::string& error() const { return error_; }

 private:
  void load() {
    try {
      target_ = Target::load(definition_.spec, definition_.params);
      error_.clear();
    } catch (const BindError& failure) {
      fail(failure.what());
    } catch (py::error_already_set& failure) {
      fail(failure.what());
    }
  }
  void fail(const char* why) {
    error_ = definition_.spec + ": " + why;
    retry_at_ = Clock::now() + std::chrono::seconds(1);
  }

  Definition definition_;
  std::unique_ptr<Target> target_;
  std::string error_;
  Clock::time_point retry_at_{};
};

/// All that this process holds; used with the GIL held, by the worker's main thread.
struct Worker {
  std::deque<LazyTarget> targets;
  std::deque<Mailbox> boxes;
  std::string request;
  std::string reply_bytes;
  TaskReply reply;
};

Worker& worker() {
  // Never destroyed: targets hold Python objects, and the interpreter is gone at exit.
  static Worker* const instance = new Worker;
  return *instance;
}

void call(LazyTarget& lazy, const ph_req_head& head, TaskReply& out) {
  const auto start = Clock::now();
  if (const Target* target = lazy.get(); target != nullptr) {
    out.problem = false;
    target->call(head, never_cancelled, nullptr, out.reply);
  } else {
    out.problem = true;
    out.reply.clear();
    out.reply.status = 503;
    out.reply.body = "The handler could not be imported in its worker process.";
    out.reply.log = "pool worker: " + lazy.error();
  }
  const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start);
  out.took_ns = static_cast<std::uint64_t>(took.count());
}

unsigned attach(int fd) {
  worker().boxes.emplace_back(fd);
  return static_cast<unsigned>(worker().boxes.size() - 1);
}

/// Returns what went wrong, or nothing.
std::string load_target(std::string spec, std::vector<std::string> params) {
  LazyTarget& target =
      worker().targets.emplace_back(Definition{std::move(spec), std::move(params)});
  target.get();
  return target.error();
}

/// Gives back the memory of large requests and replies at the end of a submit.
class ReleaseBuffers final {
 public:
  explicit ReleaseBuffers(Worker& worker) : worker_(worker) {}
  ~ReleaseBuffers() {
    clear_buffer(worker_.request);
    clear_buffer(worker_.reply_bytes);
    worker_.reply.reply.clear();
  }
  ReleaseBuffers(const ReleaseBuffers&) = delete;
  ReleaseBuffers& operator=(const ReleaseBuffers&) = delete;

 private:
  Worker& worker_;
};

void run(unsigned box_index, std::size_t request_bytes) {
  Worker& self = worker();
  const ReleaseBuffers at_end(self);
  Mailbox& box = self.boxes.at(box_index);
  box.take_request(request_bytes, self.request);
  RequestReader request(self.request);
  for (const Definition& news : request.definitions()) self.targets.emplace_back(news);
  for (std::uint32_t n = 1; n <= request.tasks(); ++n) {
    std::uint32_t target = 0;
    const ph_req_head& head = request.next(target);
    if (!box.begin(n)) return;
    call(self.targets.at(target), head, self.reply);
    self.reply_bytes.clear();
    append_reply(self.reply, self.reply_bytes);
    box.end(n, request_bytes, self.reply_bytes);
  }
}

}  // namespace

PYBIND11_MODULE(plughost_core, module) {
  module.doc() = "Runs requests in a pool worker of plughost.";
  module.def("attach", &attach, py::arg("fd"),
             "Maps a mailbox whose descriptor this process inherited; returns its number.");
  module.def("load_target", &load_target, py::arg("spec"), py::arg("params"),
             "Imports the next target in order; returns what went wrong, or an empty string.");
  module.def("run", &run, py::arg("box"), py::arg("request_bytes"),
             "Runs the tasks that lie in a mailbox and leaves their replies there.");
}

}  // namespace plughost::python::pool
