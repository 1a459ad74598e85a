#include "pool/frame.hpp"

#include <cstring>
#include <stdexcept>

namespace plughost::python::pool {
namespace {

template <typename T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void put_text(std::string& out, std::string_view text) {
  put<std::uint64_t>(out, text.size());
  out.append(text);
}

void put_text(std::string& out, ph_str text) {
  put_text(out, text.len == 0 ? std::string_view() : std::string_view(text.ptr, text.len));
}

void put_pairs(std::string& out, const ph_header* pairs, std::size_t n) {
  put<std::uint32_t>(out, static_cast<std::uint32_t>(n));
  for (std::size_t i = 0; i < n; ++i) {
    put_text(out, pairs[i].name);
    put_text(out, pairs[i].value);
  }
}

template <typename T>
bool get(std::string_view& in, T& value) {
  if (in.size() < sizeof(value)) return false;
  std::memcpy(&value, in.data(), sizeof(value));
  in.remove_prefix(sizeof(value));
  return true;
}

bool get_text(std::string_view& in, std::string_view& text) {
  std::uint64_t size = 0;
  if (!get(in, size) || in.size() < size) return false;
  text = in.substr(0, size);
  in.remove_prefix(size);
  return true;
}

bool get_text(std::string_view& in, std::string& text) {
  std::string_view view;
  if (!get_text(in, view)) return false;
  text.assign(view);
  return true;
}

/// For a reader that throws: the bytes of a request come from our own parent.
template <typename T>
T need(std::string_view& in) {
  T value{};
  if (!get(in, value)) throw std::runtime_error("a request frame ends early");
  return value;
}

std::string_view need_text(std::string_view& in) {
  std::string_view text;
  if (!get_text(in, text)) throw std::runtime_error("a request frame ends early");
  return text;
}

ph_str need_str(std::string_view& in) {
  const std::string_view text = need_text(in);
  return {text.data(), text.size()};
}

void need_pairs(std::string_view& in, std::vector<ph_header>& pairs) {
  pairs.resize(need<std::uint32_t>(in));
  for (ph_header& pair : pairs) {
    pair.name = need_str(in);
    pair.value = need_str(in);
  }
}

/// The text fields of a head, in the order in which they travel.
constexpr ph_str ph_req_head::* kTexts[] = {
    &ph_req_head::method,     &ph_req_head::http_version, &ph_req_head::scheme,
    &ph_req_head::host,       &ph_req_head::raw_target,   &ph_req_head::raw_path,
    &ph_req_head::path,       &ph_req_head::query,        &ph_req_head::mount,
    &ph_req_head::route,      &ph_req_head::client_addr,  &ph_req_head::server_addr,
    &ph_req_head::request_id, &ph_req_head::traceparent};

}  // namespace

void RequestWriter::reset(const std::vector<Definition>& news, std::uint32_t n_tasks) {
  out_.clear();
  put<std::uint32_t>(out_, static_cast<std::uint32_t>(news.size()));
  put<std::uint32_t>(out_, n_tasks);
  for (const Definition& definition : news) {
    put_text(out_, definition.spec);
    put<std::uint32_t>(out_, static_cast<std::uint32_t>(definition.params.size()));
    for (const std::string& param : definition.params) put_text(out_, param);
  }
}

void RequestWriter::add(std::uint32_t target, const ph_req_head& head) {
  put<std::uint32_t>(out_, target);
  put<std::uint32_t>(out_, head.flags);
  for (const auto field : kTexts) put_text(out_, head.*field);
  put<std::uint32_t>(out_, head.client_port);
  put<std::uint32_t>(out_, head.server_port);
  put_pairs(out_, head.headers, head.n_headers);
  put_pairs(out_, head.params, head.n_params);
  put_text(out_, std::string_view(static_cast<const char*>(head.body.ptr), head.body.len));
  put<std::uint64_t>(out_, head.content_length);
  put<std::uint64_t>(out_, head.deadline_ns);
}

RequestReader::RequestReader(std::string_view bytes) : left_(bytes) {
  definitions_.resize(need<std::uint32_t>(left_));
  tasks_ = need<std::uint32_t>(left_);
  for (Definition& definition : definitions_) {
    definition.spec = need_text(left_);
    definition.params.resize(need<std::uint32_t>(left_));
    for (std::string& param : definition.params) param = need_text(left_);
  }
}

const ph_req_head& RequestReader::next(std::uint32_t& target) {
  target = need<std::uint32_t>(left_);
  head_.size = sizeof(head_);
  head_.flags = need<std::uint32_t>(left_);
  for (const auto field : kTexts) head_.*field = need_str(left_);
  head_.client_port = need<std::uint32_t>(left_);
  head_.server_port = need<std::uint32_t>(left_);
  need_pairs(left_, headers_);
  need_pairs(left_, params_);
  head_.headers = headers_.data();
  head_.n_headers = headers_.size();
  head_.params = params_.data();
  head_.n_params = params_.size();
  const std::string_view body = need_text(left_);
  head_.body = {body.data(), body.size()};
  head_.content_length = need<std::uint64_t>(left_);
  head_.deadline_ns = need<std::uint64_t>(left_);
  return head_;
}

void append_reply(const TaskReply& task, std::string& out) {
  const Reply& reply = task.reply;
  put<std::uint64_t>(out, task.took_ns);
  put<std::uint8_t>(out, task.problem ? 1 : 0);
  put<std::uint32_t>(out, reply.status);
  put<std::uint32_t>(out, static_cast<std::uint32_t>(reply.headers.size()));
  for (const auto& [name, value] : reply.headers) {
    put_text(out, name);
    put_text(out, value);
  }
  put_text(out, reply.body);
  put_text(out, reply.log);
}

bool take_reply(std::string_view& bytes, TaskReply& task) {
  std::uint8_t problem = 0;
  std::uint32_t status = 0;
  std::uint32_t n_headers = 0;
  if (!get(bytes, task.took_ns) || !get(bytes, problem) || !get(bytes, status) ||
      !get(bytes, n_headers)) {
    return false;
  }
  task.problem = problem != 0;
  Reply& reply = task.reply;
  reply.status = status;
  reply.headers.clear();
  for (std::uint32_t i = 0; i < n_headers; ++i) {
    auto& [name, value] = reply.headers.emplace_back();
    if (!get_text(bytes, name) || !get_text(bytes, value)) return false;
  }
  return get_text(bytes, reply.body) && get_text(bytes, reply.log);
}

}  // namespace plughost::python::pool
