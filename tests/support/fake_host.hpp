#pragma once

#include <plughost/abi/abi.h>
#include <unistd.h>

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

/// What a plugin answered: by respond, by a stream, or by abort with a reason.
struct Answer {
  unsigned status = 0;
  Lines headers;
  std::string body;
  bool streamed = false;
  Lines trailers;
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
    http_.start = &start;
    http_.write = &write;
    http_.on_writable = [](const ph_host* host, ph_req token, ph_notify notify) noexcept {
      return self(host).keep(token, notify, &Slot::writable);
    };
    http_.finish = &finish;
    http_.read_body = &read_body;
    http_.on_body = [](const ph_host* host, ph_req token, ph_notify notify) noexcept {
      return self(host).keep(token, notify, &Slot::readable);
    };
    http_.respond_file = &respond_file;
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
  /// For a test that adds to what the host can do, before the plugin is created.
  ph_host& table() { return host_; }
  ph_http_api& http() { return http_; }
  static FakeHost& of(const ph_host* host) { return self(host); }

  /// A terminal call that is neither respond nor abort: the answer has that status and no body.
  ph_status settle_as(ph_req token, unsigned status) {
    Answer answer;
    answer.status = status;
    return settle(token, std::move(answer), true);
  }

  /// A token that the next handle() call may answer.
  ph_req open() {
    std::lock_guard lock(mutex_);
    requests_[++last_token_] = {};
    return last_token_;
  }

  /// The next respond() or start() returns status and leaves the request open.
  void refuse_next_respond(ph_status status) {
    std::lock_guard lock(mutex_);
    refusals_.push_back(status);
  }

  /// What the next write() returns; the bytes are taken.
  void answer_next_write(ph_status status) {
    std::lock_guard lock(mutex_);
    write_statuses_.push_back(status);
  }
  /// Fires on_writable.
  void make_writable(ph_req token) { fire(token, &Slot::writable); }
  /// The next part for read_body; fires on_body. Empty: the end.
  void add_body(ph_req token, std::string part) {
    {
      std::lock_guard lock(mutex_);
      requests_.at(token).parts.push_back(std::move(part));
    }
    fire(token, &Slot::readable);
  }
  /// What was written so far.
  std::string written(ph_req token) const {
    std::lock_guard lock(mutex_);
    return requests_.at(token).stream.body;
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
    Answer stream;  // what was streamed so far
    ph_notify writable{};
    ph_notify readable{};
    std::deque<std::string> parts;  // of the body
    std::string in_use;             // what read_body viewed last
  };

  static FakeHost& self(const ph_host* host) { return *static_cast<FakeHost*>(host->impl); }

  static void release(ph_release_fn fn, void* ctx) {
    if (fn != nullptr) fn(ctx);
  }

  static ph_status respond(const ph_host* host, ph_req token,
                           const ph_response* response) noexcept {
    Answer answer = head_of(*response);
    answer.body.assign(static_cast<const char*>(response->body.ptr), response->body.len);
    answer.lent = response->release != nullptr;
    release(response->release, response->release_ctx);
    return self(host).settle(token, std::move(answer), true);
  }

  static Answer head_of(const ph_response& response) {
    Answer answer;
    answer.status = response.status;
    answer.headers = lines_of(response.headers, response.n_headers);
    return answer;
  }
  static Lines lines_of(const ph_header* headers, size_t count) {
    Lines lines;
    for (size_t i = 0; i < count; ++i) {
      lines.emplace_back(copy_of(headers[i].name), copy_of(headers[i].value));
    }
    return lines;
  }

  static ph_status respond_file(const ph_host* host, ph_req token, const ph_response* head, int fd,
                                uint64_t offset, uint64_t length, ph_release_fn release_file,
                                void* ctx) noexcept {
    Answer answer = head_of(*head);
    answer.body.resize(length);
    const auto got = ::pread(fd, answer.body.data(), length, static_cast<off_t>(offset));
    answer.body.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    release(release_file, ctx);
    return self(host).settle(token, std::move(answer), true);
  }

  static ph_status start(const ph_host* host, ph_req token, uint32_t status,
                         const ph_header* headers, size_t count) noexcept {
    auto& fake = self(host);
    std::lock_guard lock(fake.mutex_);
    Slot& slot = fake.requests_.at(token);
    if (slot.cancelled) return PH_E_CANCELLED;
    if (slot.stream.streamed) return PH_E_STATE;
    if (!fake.refusals_.empty()) {
      const ph_status refusal = fake.refusals_.front();
      fake.refusals_.pop_front();
      return refusal;
    }
    slot.stream.streamed = true;
    slot.stream.status = status;
    slot.stream.headers = lines_of(headers, count);
    return PH_OK;
  }

  static ph_status write(const ph_host* host, ph_req token, ph_buf bytes, ph_release_fn give_back,
                         void* ctx) noexcept {
    ph_status status = PH_OK;
    {
      auto& fake = self(host);
      std::lock_guard lock(fake.mutex_);
      Slot& slot = fake.requests_.at(token);
      slot.stream.body.append(static_cast<const char*>(bytes.ptr), bytes.len);
      slot.stream.lent = give_back != nullptr;
      if (slot.cancelled) status = PH_E_CANCELLED;
      if (!fake.write_statuses_.empty()) {
        status = fake.write_statuses_.front();
        fake.write_statuses_.pop_front();
      }
    }
    release(give_back, ctx);
    return status;
  }

  static ph_status finish(const ph_host* host, ph_req token, const ph_header* trailers,
                          size_t count) noexcept {
    Answer answer;
    {
      std::lock_guard lock(self(host).mutex_);
      answer = self(host).requests_.at(token).stream;
    }
    answer.trailers = lines_of(trailers, count);
    return self(host).settle(token, std::move(answer), false);
  }

  static ph_status read_body(const ph_host* host, ph_req token, size_t max, ph_buf* out) noexcept {
    std::lock_guard lock(self(host).mutex_);
    Slot& slot = self(host).requests_.at(token);
    if (slot.cancelled) return PH_E_CANCELLED;
    if (slot.parts.empty()) return PH_PENDING;
    slot.in_use = slot.parts.front().substr(0, max);
    slot.parts.front().erase(0, max);
    if (slot.parts.front().empty() && !slot.in_use.empty()) slot.parts.pop_front();
    *out = {slot.in_use.data(), slot.in_use.size()};
    return PH_OK;
  }

  ph_status keep(ph_req token, ph_notify notify, ph_notify Slot::*place) {
    {
      std::lock_guard lock(mutex_);
      Slot& slot = requests_.at(token);
      if (!slot.cancelled && (slot.*place).fn == nullptr) {
        slot.*place = notify;
        return PH_OK;
      }
    }
    release(notify.release, notify.ctx);
    return PH_E_CANCELLED;
  }

  void fire(ph_req token, ph_notify Slot::*place) {
    ph_notify due{};
    {
      std::lock_guard lock(mutex_);
      due = std::exchange(requests_.at(token).*place, {});
    }
    if (due.fn != nullptr) due.fn(due.ctx, token);
    release(due.release, due.ctx);
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
  std::deque<ph_status> write_statuses_;
  std::vector<LogLine> log_lines_;
  std::vector<std::string> faults_;
  unsigned stale_calls_ = 0;
  unsigned drained_ = 0;

  ph_http_api http_{};
  ph_host host_{};
};

}  // namespace plughost::test
