#pragma once

#include <plughost/abi/abi.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::testing {

inline ph_str view(std::string_view text) { return {text.data(), text.size()}; }
inline std::string text(ph_str view) { return {view.ptr, view.len}; }

struct FakeAnswer {
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  unsigned times = 0;  ///< terminal calls made for this request
};

/// A host that records what a plugin answers and logs. Every function on any thread.
class FakeHost final {
 public:
  FakeHost() {
    http_.size = sizeof(http_);
    http_.respond = &FakeHost::respond;
    http_.abort = &FakeHost::abort;
    http_.start = &FakeHost::start;
    http_.write = &FakeHost::write;
    http_.finish = &FakeHost::finish;
    http_.is_cancelled = &FakeHost::is_cancelled;
    http_.on_cancel = &FakeHost::on_cancel;
    host_.size = sizeof(host_);
    host_.abi_major = PH_ABI_MAJOR;
    host_.abi_minor = PH_ABI_MINOR;
    host_.impl = this;
    host_.name = view("python");
    host_.http = &http_;
    host_.log = &FakeHost::log;
    host_.log_enabled = [](const ph_host*, int32_t) noexcept -> uint32_t { return 1; };
    host_.get_extension = &FakeHost::get_extension;
    host_.drained = [](const ph_host*) noexcept {};
    host_.fault = [](const ph_host*, ph_str) noexcept {};
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const ph_host* table() const { return &host_; }

  void set_config_dir(std::string folder) {
    config_dir_ = std::move(folder);
    config_dir_view_ = view(config_dir_);
  }
  /// Fires on_cancel too.
  void cancel(ph_req token) {
    ph_notify due{};
    {
      const std::lock_guard lock(mutex_);
      cancelled_.insert(token);
      due = std::exchange(watches_[token], {});
    }
    fire(due, token);
  }
  /// Cancels every request, those to come included.
  void cancel_all() {
    std::map<ph_req, ph_notify> due;
    {
      const std::lock_guard lock(mutex_);
      all_cancelled_ = true;
      due.swap(watches_);
    }
    for (const auto& [token, notify] : due) fire(notify, token);
  }
  /// The next n calls of respond are refused with PH_E_INVALID.
  void refuse_answers(unsigned n) {
    const std::lock_guard lock(mutex_);
    refusals_ = n;
  }

  /// Waits until that many requests have been answered.
  bool wait_for_answers(std::size_t count, std::chrono::seconds limit = std::chrono::seconds(30)) {
    std::unique_lock lock(mutex_);
    return answered_.wait_for(lock, limit, [&] { return answers_.size() >= count; });
  }
  FakeAnswer wait_for(ph_req token, std::chrono::seconds limit = std::chrono::seconds(30)) {
    std::unique_lock lock(mutex_);
    answered_.wait_for(lock, limit, [&] { return answers_.count(token) > 0; });
    return answers_[token];
  }
  /// Waits until is_cancelled has been asked that many times for this request.
  bool wait_for_probes(ph_req token, unsigned count) {
    std::unique_lock lock(mutex_);
    return answered_.wait_for(lock, std::chrono::seconds(30),
                              [&] { return probes_[token] >= count; });
  }
  /// Waits until the plugin has asked to be told when this request is cancelled.
  bool wait_for_watch(ph_req token) {
    std::unique_lock lock(mutex_);
    return answered_.wait_for(lock, std::chrono::seconds(30),
                              [&] { return watches_[token].fn != nullptr; });
  }
  std::map<ph_req, FakeAnswer> answers() {
    const std::lock_guard lock(mutex_);
    return answers_;
  }
  std::string log_text() {
    const std::lock_guard lock(mutex_);
    return log_;
  }

 private:
  static FakeHost& of(const ph_host* host) { return *static_cast<FakeHost*>(host->impl); }

  bool knows_cancelled(ph_req token) const { return all_cancelled_ || cancelled_.count(token) > 0; }

  static ph_status respond(const ph_host* host, ph_req token,
                           const ph_response* response) noexcept {
    FakeHost& self = of(host);
    const std::lock_guard lock(self.mutex_);
    if (self.refusals_ > 0) {
      --self.refusals_;
      return PH_E_INVALID;
    }
    FakeAnswer& answer = self.answers_[token];
    answer.status = response->status;
    for (std::size_t i = 0; i < response->n_headers; ++i) {
      answer.headers.emplace_back(text(response->headers[i].name),
                                  text(response->headers[i].value));
    }
    answer.body.assign(static_cast<const char*>(response->body.ptr), response->body.len);
    ++answer.times;
    const ph_notify unused = std::exchange(self.watches_[token], {});
    if (unused.release != nullptr) unused.release(unused.ctx);
    self.answered_.notify_all();
    return self.knows_cancelled(token) ? PH_E_CANCELLED : PH_OK;
  }

  // A stream is one answer in the end.

  static ph_status start(const ph_host* host, ph_req token, uint32_t status, const ph_header*,
                         size_t) noexcept {
    FakeHost& self = of(host);
    const std::lock_guard lock(self.mutex_);
    self.streams_[token].status = status;
    return PH_OK;
  }

  static ph_status write(const ph_host* host, ph_req token, ph_buf bytes, ph_release_fn release,
                         void* ctx) noexcept {
    FakeHost& self = of(host);
    {
      const std::lock_guard lock(self.mutex_);
      self.streams_[token].body.append(static_cast<const char*>(bytes.ptr), bytes.len);
    }
    if (release != nullptr) release(ctx);
    return PH_OK;
  }

  static ph_status finish(const ph_host* host, ph_req token, const ph_header*, size_t) noexcept {
    FakeHost& self = of(host);
    const std::lock_guard lock(self.mutex_);
    FakeAnswer& answer = self.answers_[token] = std::move(self.streams_[token]);
    ++answer.times;
    self.streams_.erase(token);
    self.answered_.notify_all();
    return PH_OK;
  }

  static ph_status abort(const ph_host* host, ph_req token, ph_str reason) noexcept {
    FakeHost& self = of(host);
    const std::lock_guard lock(self.mutex_);
    self.log_ += "abort: " + text(reason) + "\n";
    ++self.answers_[token].times;
    self.answered_.notify_all();
    return PH_OK;
  }

  static uint32_t is_cancelled(const ph_host* host, ph_req token) noexcept {
    FakeHost& self = of(host);
    const std::lock_guard lock(self.mutex_);
    ++self.probes_[token];
    self.answered_.notify_all();
    return self.knows_cancelled(token) ? 1 : 0;
  }

  static ph_status on_cancel(const ph_host* host, ph_req token, ph_notify notify) noexcept {
    FakeHost& self = of(host);
    {
      const std::lock_guard lock(self.mutex_);
      if (!self.knows_cancelled(token)) {
        self.watches_[token] = notify;
        self.answered_.notify_all();
        return PH_OK;
      }
    }
    notify.release(notify.ctx);
    return PH_E_CANCELLED;
  }

  static void fire(const ph_notify& notify, ph_req token) {
    if (notify.fn == nullptr) return;
    notify.fn(notify.ctx, token);
    notify.release(notify.ctx);
  }

  static void log(const ph_host* host, ph_req, int32_t, ph_str line) noexcept {
    FakeHost& self = of(host);
    const std::lock_guard lock(self.mutex_);
    self.log_ += text(line) + "\n";
  }

  static const void* get_extension(const ph_host* host, const char* id) noexcept {
    FakeHost& self = of(host);
    const std::string_view name = id;
    if (name == "ph.config_dir/1" && !self.config_dir_.empty()) return &self.config_dir_view_;
    return nullptr;
  }

  ph_host host_{};
  ph_http_api http_{};
  std::string config_dir_;
  ph_str config_dir_view_{};

  std::mutex mutex_;
  std::condition_variable answered_;
  std::map<ph_req, FakeAnswer> answers_;
  std::map<ph_req, FakeAnswer> streams_;
  std::set<ph_req> cancelled_;
  std::map<ph_req, unsigned> probes_;
  std::map<ph_req, ph_notify> watches_;
  bool all_cancelled_ = false;
  unsigned refusals_ = 0;
  std::string log_;
};

/// A request head and the texts it points to.
class FakeRequest final {
 public:
  explicit FakeRequest(std::string query = "", std::string body = "")
      : query_(std::move(query)), body_(std::move(body)) {
    head_.size = sizeof(head_);
    head_.flags = PH_RF_BODY_COMPLETE;
    head_.method = view(body_.empty() ? "GET" : "POST");
    head_.http_version = view("1.1");
    head_.scheme = view("http");
    head_.host = view("localhost");
    head_.raw_target = head_.raw_path = head_.path = head_.route = view("/test");
    head_.query = view(query_);
    head_.client_addr = head_.server_addr = view("127.0.0.1");
    head_.body = {body_.data(), body_.size()};
    head_.content_length = body_.size();
    head_.request_id = view("test-request");
  }
  FakeRequest(const FakeRequest&) = delete;
  FakeRequest& operator=(const FakeRequest&) = delete;

  FakeRequest& with_deadline(std::uint64_t deadline_ns) {
    head_.deadline_ns = deadline_ns;
    return *this;
  }
  FakeRequest& with_params(std::vector<std::pair<std::string, std::string>> params) {
    params_ = std::move(params);
    for (const auto& [name, value] : params_) lines_.push_back({view(name), view(value)});
    head_.params = lines_.data();
    head_.n_params = lines_.size();
    return *this;
  }
  const ph_req_head* head() const { return &head_; }

 private:
  std::string query_, body_;
  std::vector<std::pair<std::string, std::string>> params_;
  std::vector<ph_header> lines_;
  ph_req_head head_{};
};

}  // namespace plughost::testing
