#pragma once

#include <plughost/abi/abi.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::test {

using Lines = std::vector<std::pair<std::string, std::string>>;

inline std::string copy_of(ph_str view) { return {view.ptr, view.len}; }
inline ph_str view_of(std::string_view text) { return {text.data(), text.size()}; }

/// What a plugin answered: by respond, or by abort with a reason.
struct Answer {
  unsigned status = 0;
  Lines headers;
  std::string body;
  bool lent = false;
  bool aborted = false;
  std::string reason;

  std::optional<std::string> header(std::string_view name) const {
    for (const auto& [known, value] : headers) {
      if (known == name) return value;
    }
    return std::nullopt;
  }
};

struct LogLine {
  ph_req token;
  std::int32_t level;
  std::string text;
};

/// The host's side of the ABI, in memory: hands out tokens, records what a plugin does with them.
///
/// Owner:   the test; outlives the plugin.
/// Threads: every member on any.
/// Errors:  as http.h says: a second terminal call is PH_E_STALE, one after cancel()
///          PH_E_CANCELLED.
class FakeHost final {
 public:
  FakeHost() {
    http_.size = sizeof http_;
    http_.respond = &respond;
    http_.abort = &abort;
    http_.is_cancelled = &is_cancelled;
    http_.on_cancel = &on_cancel;
    http_.finish = [](const ph_host*, ph_req, const ph_header*, size_t) noexcept {
      return ph_status{PH_E_UNSUPPORTED};
    };
    host_.size = sizeof host_;
    host_.abi_major = PH_ABI_MAJOR;
    host_.abi_minor = PH_ABI_MINOR;
    host_.impl = this;
    host_.name = view_of("fake");
    host_.version = view_of("0.0.0");
    host_.instance_id = view_of("fake-1");
    host_.http = &http_;
    host_.log = &log;
    host_.log_enabled = [](const ph_host*, std::int32_t) noexcept { return std::uint32_t{1}; };
    host_.get_extension = [](const ph_host*, const char*) noexcept -> const void* {
      return nullptr;
    };
    host_.drained = [](const ph_host* host) noexcept {
      std::lock_guard lock(self(host).mutex_);
      ++self(host).drained_;
    };
    host_.fault = [](const ph_host* host, ph_str why) noexcept {
      std::lock_guard lock(self(host).mutex_);
      self(host).faults_.push_back(copy_of(why));
    };
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  const ph_host* raw() const { return &host_; }

  /// A token that the next handle() call may answer.
  ph_req open() {
    std::lock_guard lock(mutex_);
    requests_[++last_token_] = {};
    return last_token_;
  }

  /// The next respond() returns status and leaves the request open.
  void refuse_next_respond(ph_status status) {
    std::lock_guard lock(mutex_);
    refusals_.push_back(status);
  }

  /// What the deadline or a disconnect does: marks the request and fires its on_cancel.
  void cancel(ph_req token) {
    ph_notify notify{};
    {
      std::lock_guard lock(mutex_);
      Slot& slot = requests_.at(token);
      slot.cancelled = true;
      notify = std::exchange(slot.notify, {});
    }
    if (notify.fn != nullptr) notify.fn(notify.ctx, token);
    release(notify.release, notify.ctx);
  }

  /// The answer of a request, as soon as there is one; nullopt if there is none by then.
  std::optional<Answer> wait_answer(ph_req token,
                                    std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    std::unique_lock lock(mutex_);
    answered_.wait_for(lock, limit, [&] { return requests_.at(token).answer.has_value(); });
    return requests_.at(token).answer;
  }

  std::optional<Answer> answer(ph_req token) const {
    std::lock_guard lock(mutex_);
    return requests_.at(token).answer;
  }
  /// Terminal calls that were made for an answered or unknown token.
  unsigned stale_calls() const {
    std::lock_guard lock(mutex_);
    return stale_calls_;
  }
  unsigned drained() const {
    std::lock_guard lock(mutex_);
    return drained_;
  }
  std::vector<LogLine> log_lines() const {
    std::lock_guard lock(mutex_);
    return log_lines_;
  }
  std::vector<std::string> faults() const {
    std::lock_guard lock(mutex_);
    return faults_;
  }

 private:
  struct Slot {
    std::optional<Answer> answer;
    bool cancelled = false;
    bool notify_taken = false;
    ph_notify notify{};
  };

  static FakeHost& self(const ph_host* host) { return *static_cast<FakeHost*>(host->impl); }

  static void release(ph_release_fn fn, void* ctx) {
    if (fn != nullptr) fn(ctx);
  }

  static ph_status respond(const ph_host* host, ph_req token,
                           const ph_response* response) noexcept {
    Answer answer;
    answer.status = response->status;
    for (size_t i = 0; i < response->n_headers; ++i) {
      const ph_header& line = response->headers[i];
      answer.headers.emplace_back(copy_of(line.name), copy_of(line.value));
    }
    answer.body.assign(static_cast<const char*>(response->body.ptr), response->body.len);
    answer.lent = response->release != nullptr;
    release(response->release, response->release_ctx);
    return self(host).settle(token, std::move(answer), true);
  }

  static ph_status abort(const ph_host* host, ph_req token, ph_str reason) noexcept {
    Answer answer;
    answer.status = 500;
    answer.aborted = true;
    answer.reason = copy_of(reason);
    return self(host).settle(token, std::move(answer), false);
  }

  ph_status settle(ph_req token, Answer answer, bool may_be_refused) {
    ph_notify unused{};
    ph_status status = PH_OK;
    {
      std::lock_guard lock(mutex_);
      const auto found = requests_.find(token);
      if (found == requests_.end() || found->second.answer) {
        ++stale_calls_;
        return PH_E_STALE;
      }
      if (may_be_refused && !refusals_.empty()) {
        status = refusals_.front();
        refusals_.pop_front();
        return status;
      }
      found->second.answer = std::move(answer);
      unused = std::exchange(found->second.notify, {});
      if (found->second.cancelled) status = PH_E_CANCELLED;
      answered_.notify_all();
    }
    release(unused.release, unused.ctx);
    return status;
  }

  static std::uint32_t is_cancelled(const ph_host* host, ph_req token) noexcept {
    std::lock_guard lock(self(host).mutex_);
    const auto found = self(host).requests_.find(token);
    return found == self(host).requests_.end() || found->second.cancelled ? 1 : 0;
  }

  static ph_status on_cancel(const ph_host* host, ph_req token, ph_notify notify) noexcept {
    const ph_status status = self(host).keep(token, notify);
    if (status != PH_OK) release(notify.release, notify.ctx);
    return status;
  }

  ph_status keep(ph_req token, const ph_notify& notify) {
    std::lock_guard lock(mutex_);
    const auto found = requests_.find(token);
    if (found == requests_.end() || found->second.answer) return PH_E_STALE;
    if (found->second.cancelled) return PH_E_CANCELLED;
    if (std::exchange(found->second.notify_taken, true)) return PH_E_STATE;
    found->second.notify = notify;
    return PH_OK;
  }

  static void log(const ph_host* host, ph_req token, std::int32_t level, ph_str text) noexcept {
    std::lock_guard lock(self(host).mutex_);
    self(host).log_lines_.push_back({token, level, copy_of(text)});
  }

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable answered_;
  ph_req last_token_ = 0;
  std::map<ph_req, Slot> requests_;
  std::deque<ph_status> refusals_;
  std::vector<LogLine> log_lines_;
  std::vector<std::string> faults_;
  unsigned stale_calls_ = 0;
  unsigned drained_ = 0;

  ph_http_api http_{};
  ph_host host_{};
};

}  // namespace plughost::test
