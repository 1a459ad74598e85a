#include "wsgi/exchange.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "core/failure.hpp"
#include "core/reply_headers.hpp"
#include "core/views.hpp"
#include "runtime/answer.hpp"

namespace plughost::python::wsgi {
namespace {

bool raise(PyObject* type, const char* message) {
  PyErr_SetString(type, message);
  return false;
}

bool raise_again(PyObject* exc_info) {
  const bool has_three = PyTuple_Check(exc_info) && PyTuple_GET_SIZE(exc_info) == 3;
  PyObject* const error = has_three ? PyTuple_GET_ITEM(exc_info, 1) : nullptr;
  if (error == nullptr || !PyExceptionInstance_Check(error)) {
    return raise(PyExc_TypeError, "exc_info must be what sys.exc_info() gives inside an 'except'");
  }
  PyObject* const traceback = PyTuple_GET_ITEM(exc_info, 2);
  PyErr_Restore(PyRef::borrow(PyExceptionInstance_Class(error)).release(),
                PyRef::borrow(error).release(),
                PyTraceBack_Check(traceback) ? PyRef::borrow(traceback).release() : nullptr);
  return false;
}

/// `404 Not Found`: the host knows the words.
bool read_status_line(PyObject* line, unsigned& status) {
  Py_ssize_t size = 0;
  const char* text = PyUnicode_Check(line) ? PyUnicode_AsUTF8AndSize(line, &size) : nullptr;
  unsigned number = 0;
  if (text != nullptr && size >= 3 && (size == 3 || text[3] == ' ')) {
    std::from_chars(text, text + 3, number);
  }
  if (number < 200 || number > 599) {
    PyErr_Format(PyExc_ValueError,
                 "the status must be a str such as '200 OK', from 200 to 599, not %R", line);
    return false;
  }
  status = number;
  return true;
}

bool read_header_list(PyObject* list, Reply& reply) {
  std::string why;
  if (!read_headers(list, reply, why)) return raise(PyExc_ValueError, why.c_str());
  const auto is_the_hosts = [](const auto& header) {
    return is_of_the_connection(header.first, header.second);
  };
  reply.headers.erase(std::remove_if(reply.headers.begin(), reply.headers.end(), is_the_hosts),
                      reply.headers.end());
  return true;
}

/// The Content-Length the application gave.
std::optional<std::uint64_t> declared_length(const Reply& reply) {
  for (const auto& [name, value] : reply.headers) {
    if (!equals_ignoring_case(name, "content-length")) continue;
    std::uint64_t length = 0;
    const char* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, length);
    if (error == std::errc() && rest == end) return length;
  }
  return std::nullopt;
}

std::string_view view_of(PyObject* bytes) {
  return {PyBytes_AS_STRING(bytes), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes))};
}

bool is_bytes(PyObject* object) { return PyBytes_Check(object); }

}  // namespace

Exchange::Exchange(const ph_host* host, const Job& job, std::atomic<std::uint64_t>& deadline_ns,
                   Reply& reply)
    : host_(host),
      job_(job),
      deadline_ns_(deadline_ns),
      reply_(reply),
      is_head_(view(job.head->method) == "HEAD") {}

bool Exchange::start(PyObject* status, PyObject* headers, PyObject* exc_info) {
  const bool replaces = exc_info != nullptr && exc_info != Py_None;
  if (replaces && has_begun()) return raise_again(exc_info);
  if (!replaces && started_) {
    return raise(PyExc_RuntimeError, "start_response() was called twice without exc_info");
  }
  reply_.clear();
  started_ = read_status_line(status, reply_.status) && read_header_list(headers, reply_);
  return started_;
}

bool Exchange::write(PyObject* piece) {
  keep_head();
  if (put(piece) || is_head_) return PyErr_Occurred() == nullptr;
  if (PyErr_Occurred() != nullptr) return false;
  write_refused_ = true;
  return raise(PyExc_BrokenPipeError, "nobody takes more of this answer");
}

void Exchange::finish(PyObject* result, const FileWrapper& files) {
  if (send_known(result)) return;
  keep_head();
  if (!send_file(result, files)) send_pieces(result);
  if (PyErr_Occurred() != nullptr) fail();
  if (!close_iterable(result)) fail();
  end();
}

void Exchange::fail() {
  if (write_refused_ && PyErr_ExceptionMatches(PyExc_BrokenPipeError) != 0) {
    PyErr_Clear();
  } else if (stream_) {
    stream_->fail();
    phase_ = Phase::answered;
  } else if (phase_ == Phase::open) {
    job_.route->target->settle(nullptr, *job_.head, reply_);
    phase_ = Phase::failed;
  } else {
    log_late_failure(host_, job_);
  }
}

/// True: the result's type said that nothing would follow, and it has gone out.
bool Exchange::send_known(PyObject* result) {
  const bool is_sequence = PyList_CheckExact(result) || PyTuple_CheckExact(result);
  if (!is_sequence || !started_ || has_begun()) return false;
  PyObject** const begin = PySequence_Fast_ITEMS(result);
  PyObject** const end = begin + PySequence_Fast_GET_SIZE(result);
  if (!std::all_of(begin, end, is_bytes)) return false;
  if (end - begin == 1) {
    send_whole(view_of(*begin));
    return true;
  }
  std::for_each(begin, end, [&](PyObject* piece) { reply_.body += view_of(piece); });
  send_whole(reply_.body);
  return true;
}

bool Exchange::send_file(PyObject* result, const FileWrapper& files) {
  if (!started_ || has_begun()) return false;
  std::optional<FilePart> file = files.part_of(result);
  if (!file) return false;
  if (const auto length = declared_length(reply_)) file->length = std::min(file->length, *length);
  if (!answer_file(host_, job_.token, *job_.head, reply_, *file)) return false;
  phase_ = Phase::answered;
  return true;
}

void Exchange::send_pieces(PyObject* result) {
  const PyRef iterator = PyRef::steal(PyObject_GetIter(result));
  bool go_on = static_cast<bool>(iterator);
  while (go_on) {
    const PyRef piece = PyRef::steal(PyIter_Next(iterator.get()));
    go_on = piece && put(piece.get());
  }
}

/// False: a Python error is set, or nobody takes more.
bool Exchange::put(PyObject* piece) {
  if (!is_bytes(piece)) {
    PyErr_Format(PyExc_TypeError, "a WSGI application must give bytes, not %s",
                 Py_TYPE(piece)->tp_name);
    return false;
  }
  const std::string_view bytes = view_of(piece);
  if (bytes.empty()) return true;
  if (!started_) {
    return raise(PyExc_RuntimeError, "the WSGI application did not call start_response()");
  }
  if (phase_ != Phase::open) {
    return raise(PyExc_RuntimeError, "the WSGI application gave more than its Content-Length says");
  }
  if (!stream_ && !is_head_ && declared_length(reply_) == bytes.size()) {
    send_whole(bytes);
    return true;
  }
  if (!stream_) begin_stream();
  const Stream::Next next = stream_->put(piece);
  if (stream_->has_begun()) deadline_ns_.store(0, std::memory_order_relaxed);
  if (next == Stream::Next::wait) wait_until_writable(host_, job_.token);
  return next != Stream::Next::over;
}

void Exchange::send_whole(std::string_view body) {
  // The host compares a length with the body, which an answer to HEAD need not have.
  if (is_head_ && declared_length(reply_)) {
    keep_head();
    begin_stream();
    stream_->end();
  } else {
    answer(host_, job_.token, *job_.head, reply_, body);
  }
  phase_ = Phase::answered;
}

void Exchange::begin_stream() {
  stream_.emplace(host_, job_, std::move(reply_), Stream::Type::as_given);
}

void Exchange::end() {
  if (phase_ != Phase::open) return;
  if (stream_) {
    stream_->end();
  } else if (started_) {
    send_whole({});
  } else {
    raise(PyExc_RuntimeError, "the WSGI application did not call start_response()");
    fail();
    return;
  }
  phase_ = Phase::answered;
}

void Exchange::keep_head() {
  if (kept_) return;
  kept_.emplace(*job_.head);
  job_.head = &kept_->head();
}

}  // namespace plughost::python::wsgi
