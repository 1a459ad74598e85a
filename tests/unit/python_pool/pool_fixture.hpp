#pragma once

#include <filesystem>
#include <fstream>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "pool/pool.hpp"
#include "runtime/clock.hpp"
#include "unit/python_pool/processes.hpp"
#include "unit/python_runtime/fake_host.hpp"

namespace plughost::testing {

inline python::PoolSettings pool_settings(unsigned workers) {
  python::PoolSettings settings;
  settings.workers = workers;
  settings.import_paths = {PLUGHOST_SOURCE_DIR "/tests/unit/python_pool/handlers",
                           PLUGHOST_SOURCE_DIR "/python"};
  settings.worker_module = PLUGHOST_WORKER_MODULE;
  settings.python_executable = PLUGHOST_PYTHON;
  return settings;
}

/// An empty folder for the files by which handlers and tests talk.
class Folder final {
 public:
  Folder() : path_(make()) {}
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }
  void create(const std::string& name) const { std::ofstream(file(name)).flush(); }
  std::string read(const std::string& name) const {
    std::ifstream in(file(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// The pid that handler `hold` leaves.
  pid_t wait_for_pid(const std::string& name) const {
    if (!wait_until([&] { return std::filesystem::exists(file(name)); })) return 0;
    return static_cast<pid_t>(std::stol(read(name)));
  }

 private:
  static std::string make() {
    std::string name = (std::filesystem::temp_directory_path() / "plughost-pool-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    return name;
  }
  std::string path_;
};

/// A running pool, the requests sent to it, and the host that sees their answers.
class PoolRun {
 public:
  explicit PoolRun(unsigned workers = 2) : PoolRun(pool_settings(workers)) {}
  explicit PoolRun(const python::PoolSettings& settings)
      : pool_(python::make_pool(host_.table(), settings)) {
    pool_->add_route(route("pool_handlers:squares"));
  }
  ~PoolRun() { pool_->stop(); }
  PoolRun(const PoolRun&) = delete;
  PoolRun& operator=(const PoolRun&) = delete;

  python::Pool& pool() { return *pool_; }
  FakeHost& host() { return host_; }

  const python::RouteTarget& route(const std::string& spec, std::vector<std::string> params = {}) {
    for (const python::RouteTarget& known : routes_) {
      if (known.spec == spec) return known;
    }
    python::RouteTarget& added = routes_.emplace_back();
    added.spec = spec;
    added.params = std::move(params);
    return added;
  }
  /// 0: the queue is full.
  ph_req send(const std::string& spec, std::string query = "", std::string body = "",
              std::uint64_t deadline_ns = 0) {
    requests_.emplace_back(std::move(query), std::move(body));
    requests_.back().with_deadline(deadline_ns);
    return send(route(spec), requests_.back().head());
  }
  ph_req send(const python::RouteTarget& target, const ph_req_head* head) {
    return pool_->submit({++last_token_, head, &target}) ? last_token_ : 0;
  }
  FakeAnswer answer(ph_req token) { return host_.wait_for(token); }
  FakeAnswer call(const std::string& spec, std::string query = "", std::string body = "") {
    return answer(send(spec, std::move(query), std::move(body)));
  }
  bool becomes_healthy() {
    return wait_until([&] { return pool_->health().empty(); });
  }

 private:
  FakeHost host_;
  std::list<python::RouteTarget> routes_;
  std::list<FakeRequest> requests_;
  ph_req last_token_ = 0;
  std::unique_ptr<python::Pool> pool_;
};

/// A deadline that many milliseconds from now.
inline std::uint64_t in_ms(std::uint64_t ms) { return python::now_ns() + ms * 1'000'000; }

}  // namespace plughost::testing
