#include "pool/process.hpp"

#include <poll.h>
#include <pybind11/stl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace py = pybind11;

namespace plughost::python::pool {

struct Process::Python {
  py::object worker;
};

namespace {

constexpr double kObituaryPatience = 1.0;  // seconds
constexpr double kAfterKillPatience = 3.0;

py::module_ python_side() { return py::module_::import("plughost._pool"); }

py::object make_setup(const PoolSettings& settings, const std::vector<Definition>& targets) {
  py::list specs;
  for (const Definition& target : targets) {
    specs.append(py::make_tuple(target.spec, target.params));
  }
  return python_side().attr("Setup")(settings.worker_module, settings.import_paths, specs,
                                     settings.preload, settings.start, settings.nice);
}

py::cpp_function ready_callback(std::function<void(bool, const std::string&)> ready) {
  return [ready = std::move(ready)](bool useless, const std::string& trouble) {
    const py::gil_scoped_release release;
    ready(useless, trouble);
  };
}

py::cpp_function ended_callback(std::function<void(Outcome, const std::string&)> ended) {
  return [ended = std::move(ended)](int outcome, const std::string& error) {
    const py::gil_scoped_release release;
    ended(static_cast<Outcome>(outcome), error);
  };
}

int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

}  // namespace

Process::Process(const PoolSettings& settings, const std::vector<Definition>& targets,
                 const SharedFds& fds, ProcessEvents events) {
  const Gil gil;
  try {
    python_ = std::make_unique<Python>();
    python_side().attr("prepare")(settings.python_executable);
    python_->worker = python_side().attr("Worker")(
        make_setup(settings, targets), fds.feeder, fds.session, fds.boxes,
        ready_callback(std::move(events.ready)), ended_callback(std::move(events.ended)));
    pid_ = python_->worker.attr("pid").cast<pid_t>();
  } catch (py::error_already_set& error) {
    const std::string why = error.what();
    python_.reset();
    throw std::runtime_error("a pool worker cannot be started: " + why);
  }
  pidfd_ = open_pidfd(pid_);
  if (pidfd_ < 0) {
    const int error = errno;
    ::kill(pid_, SIGKILL);
    abandon();
    python_.reset();
    throw std::system_error(error, std::generic_category(), "pidfd_open of a new pool worker");
  }
}

Process::~Process() {
  {
    const Gil gil;
    python_.reset();
  }
  ::close(pidfd_);
}

void Process::kill() noexcept { ::syscall(SYS_pidfd_send_signal, pidfd_, SIGKILL, nullptr, 0); }

bool Process::has_ended() const noexcept {
  pollfd death{pidfd_, POLLIN, 0};
  return ::poll(&death, 1, 0) > 0;
}

Ending Process::ending() noexcept {
  const Gil gil;
  try {
    return {python_->worker.attr("exit_code")(kObituaryPatience).cast<std::optional<int>>()};
  } catch (std::exception&) {
    return {};
  }
}

void Process::abandon() noexcept {
  const Gil gil;
  try {
    python_->worker.attr("abandon")();
  } catch (py::error_already_set&) {
    // Nothing to free then.
  }
}

void Process::shut_down(const std::vector<Process*>& processes,
                        std::chrono::milliseconds patience) noexcept {
  const Gil gil;
  try {
    py::list threads;
    for (Process* process : processes) {
      threads.append(process->python_->worker.attr("begin_shutdown")());
    }
    const py::object wait_for = python_side().attr("wait_for");
    const double seconds = std::chrono::duration<double>(patience).count();
    if (wait_for(threads, seconds).cast<bool>()) return;
    for (Process* process : processes) process->kill();
    wait_for(threads, kAfterKillPatience);
  } catch (std::exception&) {
    for (Process* process : processes) process->kill();
  }
}

}  // namespace plughost::python::pool
