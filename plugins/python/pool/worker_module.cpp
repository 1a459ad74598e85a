// plughost_core: what a pool worker runs requests with. Loaded by a plain python3.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/json_text.hpp"
#include "core/target.hpp"
#include "core/views.hpp"
#include "pool/doorbell.hpp"
#include "pool/frame.hpp"
#include "pool/mailbox.hpp"
#include "pool/session.hpp"
#include "pool/shared_memory.hpp"

namespace py = pybind11;

namespace plughost::python::pool {
namespace {

using Clock = std::chrono::steady_clock;

// Other threads of the process get the GIL at least this often, whatever handlers do.
constexpr std::chrono::milliseconds kGilTurn{5};

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

/// What this process shares with its parent.
struct Connection {
  Connection(int feeder_fd, int session_fd, const std::vector<int>& box_fds)
      : feeder(feeder_fd, sizeof(Doorbell)), session(session_fd) {
    for (const int fd : box_fds) boxes.emplace_back(fd);
  }
  void ring() const { static_cast<Doorbell*>(feeder.data())->ring(); }

  SharedMemory feeder;
  Session session;
  std::deque<Mailbox> boxes;
};

/// All that this process holds; used with the GIL held, by the worker's main thread.
struct Worker {
  std::deque<LazyTarget> targets;
  std::optional<Connection> parent;
  std::string request;
  const ph_req_head* head = nullptr;  ///< of the request that runs, or that has just ended
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

void attach(int feeder_fd, int session_fd, const std::vector<int>& box_fds) {
  worker().parent.emplace(feeder_fd, session_fd, box_fds);
}

/// "request ID (PATTERN): " while one runs, as the host writes it in its own lines.
std::string log_prefix() {
  const ph_req_head* const head = worker().head;
  if (head == nullptr || head->request_id.len == 0) return {};
  return "request " + printable_utf8(view(head->request_id)) + " (" +
         printable_utf8(view(head->route)) + "): ";
}

/// Returns what went wrong, or nothing.
std::string load_target(std::string spec, std::vector<std::string> params) {
  LazyTarget& target =
      worker().targets.emplace_back(Definition{std::move(spec), std::move(params)});
  target.get();
  return target.error();
}

/// At the end of a batch: no request runs, and the memory of large ones is given back.
class EndOfBatch final {
 public:
  explicit EndOfBatch(Worker& worker) : worker_(worker) {}
  ~EndOfBatch() {
    worker_.head = nullptr;
    clear_buffer(worker_.request);
    clear_buffer(worker_.reply_bytes);
    worker_.reply.reply.clear();
  }
  EndOfBatch(const EndOfBatch&) = delete;
  EndOfBatch& operator=(const EndOfBatch&) = delete;

 private:
  Worker& worker_;
};

void run(Worker& self, Mailbox& box) {
  const EndOfBatch at_end(self);
  RequestReader request(box.take_request(self.request));
  for (const Definition& news : request.definitions()) self.targets.emplace_back(news);
  for (std::uint32_t n = 1; n <= request.tasks(); ++n) {
    std::uint32_t target = 0;
    const ph_req_head& head = request.next(target);
    if (!box.begin(n)) return;
    self.head = &head;
    call(self.targets.at(target), head, self.reply);
    self.reply_bytes.clear();
    append_reply(self.reply, self.reply_bytes);
    box.end(n, self.reply_bytes);
  }
}

/// Lets go of the GIL while there is nothing to do, and now and then while there is. Runs the
/// handlers of signals that came meanwhile: what they raise ends the session, as it would have
/// ended the executor's own loop.
class GilTurns final {
 public:
  void wait(Session& session) {
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    {
      const py::gil_scoped_release release;
      session.wait();
    }
    taken_at_ = Clock::now();
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
  void offer() {
    const auto now = Clock::now();
    if (now - taken_at_ < kGilTurn) return;
    { const py::gil_scoped_release release; }
    taken_at_ = now;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }

 private:
  Clock::time_point taken_at_ = Clock::now();
};

void serve() {
  Worker& self = worker();
  Connection& parent = self.parent.value();
  Session& session = parent.session;
  GilTurns gil;
  while (!session.is_closed()) {
    const auto number = session.next();
    if (!number) {
      gil.wait(session);
      continue;
    }
    run(self, parent.boxes.at(*number % Session::kBoxes));
    session.finish();
    parent.ring();
    gil.offer();
  }
}

}  // namespace

PYBIND11_MODULE(plughost_core, module) {
  module.doc() = "Runs requests in a pool worker of plughost.";
  module.def("attach", &attach, py::arg("feeder"), py::arg("session"), py::arg("boxes"),
             "Maps what this process shares with its parent, by descriptors that it inherited.");
  module.def("load_target", &load_target, py::arg("spec"), py::arg("params"),
             "Imports the next target in order; returns what went wrong, or an empty string.");
  module.def("log_prefix", &log_prefix,
             "How a line of the log begins that the main thread's request causes.");
  module.def("serve", &serve, "Runs the parent's batches until it closes the session.");
}

}  // namespace plughost::python::pool
