#include "runtime/stream.hpp"

#include "core/failure.hpp"
#include "core/json_encoder.hpp"
#include "core/problem.hpp"
#include "core/py_ref.hpp"
#include "core/reply_headers.hpp"
#include "core/views.hpp"
#include "runtime/answer.hpp"

namespace plughost::python {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kBytes = "application/octet-stream";
constexpr std::string_view kEvents = "text/event-stream";

/// The bytes of what a handler yielded, for as long as this lives.
class Piece final {
 public:
  /// False: a Python error is set.
  bool read(PyObject* object) {
    if (PyBytes_Check(object)) {
      bytes_ = {PyBytes_AS_STRING(object), static_cast<std::size_t>(PyBytes_GET_SIZE(object))};
      return true;
    }
    if (PyUnicode_Check(object)) {
      is_text_ = true;
      bytes_ = utf8_of(object);
      if (bytes_.data() == nullptr) {
        PyErr_SetString(PyExc_ValueError, "a piece has a lone surrogate, which has no UTF-8");
      }
      return bytes_.data() != nullptr;
    }
    if (PyObject_CheckBuffer(object) == 0) {
      PyErr_Format(PyExc_TypeError, "a piece of a stream must be bytes or str, not %s",
                   Py_TYPE(object)->tp_name);
      return false;
    }
    if (PyObject_GetBuffer(object, &buffer_, PyBUF_SIMPLE) != 0) return false;
    bytes_ = {static_cast<const char*>(buffer_.buf), static_cast<std::size_t>(buffer_.len)};
    return true;
  }
  Piece() = default;
  ~Piece() {
    if (buffer_.obj != nullptr) PyBuffer_Release(&buffer_);
  }
  Piece(const Piece&) = delete;
  Piece& operator=(const Piece&) = delete;

  std::string_view bytes() const { return bytes_; }
  bool is_text() const { return is_text_; }

 private:
  Py_buffer buffer_{};
  std::string_view bytes_;
  bool is_text_ = false;
};

bool has_event_type(const Reply& reply) {
  for (const auto& [name, value] : reply.headers) {
    if (is_content_type(name)) return value.compare(0, kEvents.size(), kEvents) == 0;
  }
  return false;
}

}  // namespace

Stream::Stream(const ph_host* host, const Job& job, Reply head, Type type)
    : host_(host),
      job_(job),
      reply_(std::move(head)),
      wants_no_body_(view(job.head->method) == "HEAD"),
      type_(type) {}

Stream::Next Stream::put(PyObject* object) {
  if (over_) return Next::over;
  Piece piece;
  if (!piece.read(object)) {
    fail();
    return Next::over;
  }
  if (!begun_ && !start(piece.is_text() ? kText : kBytes)) return Next::over;
  if (wants_no_body_) {
    end();
    return Next::over;
  }
  if (piece.bytes().empty()) return Next::go_on;
  const ph_buf bytes{piece.bytes().data(), piece.bytes().size()};
  const ph_status status = host_->http->write(host_, job_.token, bytes, nullptr, nullptr);
  if (status == PH_OK) return Next::go_on;
  if (status == PH_BACKPRESSURE) return Next::wait;
  if (status == PH_E_CANCELLED || status == PH_E_STALE) {
    host_->http->finish(host_, job_.token, nullptr, 0);
    over_ = true;
  } else {
    cut(status == PH_E_INVALID ? "more bytes than its Content-Length says"
                               : "the host did not take the next piece");
  }
  return Next::over;
}

/// False: the answer is over.
bool Stream::start(std::string_view default_type) {
  if (type_ == Type::guess && !default_type.empty() && !has_content_type(reply_)) {
    reply_.headers.emplace_back("content-type", default_type);
  }
  is_event_stream_ = has_event_type(reply_);
  const ph_status status = start_answer(host_, job_.token, *job_.head, reply_);
  begun_ = status == PH_OK;
  over_ = !begun_;
  return begun_;
}

void Stream::end() {
  if (over_ || (!begun_ && !start({}))) return;
  host_->http->finish(host_, job_.token, nullptr, 0);
  over_ = true;
}

void Stream::fail() {
  if (over_) {
    log_late_failure(host_, job_);
    return;
  }
  if (begun_) {
    log_late_failure(host_, job_);
    cut("the handler failed when its answer had begun");
    return;
  }
  job_.route->target->settle(nullptr, *job_.head, reply_);
  if (job_.route->debug) show_log(reply_);
  answer(host_, job_.token, *job_.head, reply_);
  over_ = true;
}

void Stream::cancel() {
  if (over_) return;
  if (!begun_) {
    answer_problem(host_, job_.token, 503, "The request was cancelled.", *job_.head);
    over_ = true;
    return;
  }
  if (is_gone() || is_event_stream_) {
    end();
  } else {
    cut("it was cancelled");
  }
}

bool Stream::is_gone() const {
  return host_->http->write(host_, job_.token, {"", 0}, nullptr, nullptr) == PH_E_CANCELLED;
}

void Stream::cut(std::string_view why) {
  host_->http->abort(host_, job_.token, {why.data(), why.size()});
  over_ = true;
}

void log_late_failure(const ph_host* host, const Job& job) {
  Reply reply;
  job.route->target->settle(nullptr, *job.head, reply);
  if (reply.log.empty()) return;
  // The host does not know the token any more.
  const std::string line = "request " + std::string(view(job.head->request_id)) + ": " + reply.log;
  host->log(host, 0, PH_LOG_ERROR, {line.data(), line.size()});
}

}  // namespace plughost::python
