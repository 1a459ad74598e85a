#include "core/arguments.hpp"

#include "core/convert_json.hpp"
#include "core/convert_text.hpp"
#include "core/form_body.hpp"
#include "core/json_decoder.hpp"
#include "core/module_state.hpp"
#include "core/views.hpp"

namespace plughost::python {
namespace {

constexpr std::string_view kPath = "path";
constexpr std::string_view kQuery = "query";
constexpr std::string_view kBody = "body";
constexpr std::string_view kForm = "form";

Problem does_not_fit(const Parameter& parameter, std::string_view in, const Mismatch& mismatch) {
  const bool field = in == kBody || in == kForm;
  std::string detail = std::string(in) + (field ? " field" : " parameter");
  detail += " '" + parameter.name + mismatch.where + "': " + mismatch.reason;
  return {422, std::move(detail), parameter.name, in};
}

Problem body_does_not_fit(const Parameter& parameter, const Mismatch& mismatch) {
  return {422, "body" + mismatch.where + ": " + mismatch.reason, parameter.name, kBody};
}

Problem not_json(const JsonError& error) {
  if (error.kind == JsonError::Kind::kMalformed) {
    const std::string place = "at byte " + std::to_string(error.byte);
    return {400, "the body is not JSON: " + place + ": " + error.reason, {}, kBody};
  }
  const std::string place =
      error.field.empty() ? "body" + error.where : "body field '" + error.field + error.where + "'";
  return {422, place + ": " + error.reason, error.field, kBody};
}

std::string_view json_kind(PyObject* value) {
  if (PyDict_Check(value)) return "an object";
  if (PyList_Check(value)) return "a list";
  if (PyUnicode_Check(value)) return "a string";
  if (PyBool_Check(value)) return "true or false";
  return value == Py_None ? "null" : "a number";
}

}  // namespace

Arguments::Arguments(const Signature& signature, const ph_req_head& head, PyObject* stream)
    : signature_(signature), head_(head), stream_(stream) {
  values_.reserve(signature.parameters.size());
}

Arguments::Outcome Arguments::collect(CancelProbe probe, void* probe_ctx, Problem& problem) {
  probe_ = probe;
  probe_ctx_ = probe_ctx;
  for (const Parameter& parameter : signature_.parameters) {
    PyRef value = find(parameter, problem);
    if (!value) return PyErr_Occurred() ? Outcome::kRaised : Outcome::kProblem;
    values_.push_back(std::move(value));
  }
  return Outcome::kReady;
}

PyRef Arguments::call(PyObject* function) const {
  constexpr std::size_t kInline = 8;
  PyObject* few[kInline + 1];
  std::vector<PyObject*> many(values_.size() > kInline ? values_.size() + 1 : 0);
  PyObject** arguments = many.empty() ? few : many.data();
  for (std::size_t index = 0; index < values_.size(); ++index) {
    arguments[index + 1] = values_[index].get();
  }
  return PyRef::steal(PyObject_Vectorcall(function, arguments + 1, PY_VECTORCALL_ARGUMENTS_OFFSET,
                                          signature_.keywords.get()));
}

PyRef Arguments::find(const Parameter& parameter, Problem& problem) {
  switch (parameter.source) {
    case Parameter::Source::kPath:
      return from_path(parameter, problem);
    case Parameter::Source::kBody:
      return from_body(parameter, problem);
    case Parameter::Source::kRawBody:
      return PyRef::steal(PyBytes_FromStringAndSize(static_cast<const char*>(head_.body.ptr),
                                                    static_cast<Py_ssize_t>(head_.body.len)));
    case Parameter::Source::kRequest:
      return request();
    case Parameter::Source::kStream:
      return PyRef::borrow(stream_);
    case Parameter::Source::kField:
      break;
  }
  return from_query_or_body(parameter, problem);
}

PyRef Arguments::from_path(const Parameter& parameter, Problem& problem) const {
  for (std::size_t index = 0; index < head_.n_params; ++index) {
    if (view(head_.params[index].name) != parameter.name) continue;
    Mismatch mismatch;
    PyRef value = convert_text({view(head_.params[index].value)}, parameter.type, mismatch);
    if (!value) problem = does_not_fit(parameter, kPath, mismatch);
    return value;
  }
  return fallback_or_missing(parameter, "not in the path", problem);
}

PyRef Arguments::from_query_or_body(const Parameter& parameter, Problem& problem) {
  if (head_.query.len > 0) {
    if (!query_) query_.emplace(view(head_.query));
    const auto texts = query_->values(parameter.name);
    if (!texts.empty()) {
      Mismatch mismatch;
      PyRef value = convert_text(texts, parameter.type, mismatch);
      if (!value) problem = does_not_fit(parameter, kQuery, mismatch);
      return value;
    }
  }
  return from_field(parameter, problem);
}

PyRef Arguments::from_field(const Parameter& parameter, Problem& problem) {
  if (signature_.takes_stream) return fallback_or_missing(parameter, "not in the query", problem);
  if (head_.body.len == 0) {
    return fallback_or_missing(parameter, "not in the query, and there is no body", problem);
  }
  if (form_ || has_form_body(head_)) return from_form(parameter, problem);
  if (!parse_body(problem)) {
    return body_may_be_anything(parameter) ? parameter.fallback : PyRef();
  }
  if (!PyDict_Check(body_.get())) {
    const std::string looked_in = "not in the query, and the body is " +
                                  std::string(json_kind(body_.get())) + ", not an object";
    return fallback_or_missing(parameter, looked_in, problem);
  }
  PyObject* value = PyDict_GetItemWithError(body_.get(), parameter.keyword.get());
  if (value == nullptr) {
    return fallback_or_missing(parameter, "neither in the query nor in the JSON body", problem);
  }
  Mismatch mismatch;
  PyRef converted = convert_json(value, parameter.type, mismatch);
  if (!converted) problem = does_not_fit(parameter, kBody, mismatch);
  return converted;
}

PyRef Arguments::from_form(const Parameter& parameter, Problem& problem) {
  if (!parse_form()) {
    const bool broken = PyErr_ExceptionMatches(module_state().http_error_type.get()) != 0;
    if (!broken || !signature_.takes_request || !parameter.fallback) return {};
    PyErr_Clear();
    return parameter.fallback;
  }
  const PyRef values = PyRef::steal(PyObject_CallMethodOneArg(
      form_.get(), module_state().getlist.get(), parameter.keyword.get()));
  if (!values) return {};
  if (PyList_GET_SIZE(values.get()) == 0) {
    return fallback_or_missing(parameter, "neither in the query nor in the form", problem);
  }
  Mismatch mismatch;
  PyRef converted = convert_form_values(values.get(), parameter.type, mismatch);
  if (!converted) problem = does_not_fit(parameter, kForm, mismatch);
  return converted;
}

PyRef Arguments::from_body(const Parameter& parameter, Problem& problem) {
  if (head_.body.len == 0) {
    return fallback_or_missing(parameter, "there is no body", problem);
  }
  if (has_form_body(head_)) {
    if (signature_.takes_request && parameter.fallback) return parameter.fallback;
    if (parse_form()) {
      problem = {415, "the body is a form, and must be JSON here", parameter.name, kBody};
    }
    return {};
  }
  if (!parse_body(problem)) {
    return body_may_be_anything(parameter) ? parameter.fallback : PyRef();
  }
  Mismatch mismatch;
  PyRef converted = convert_json(body_.get(), parameter.type, mismatch);
  if (!converted) problem = body_does_not_fit(parameter, mismatch);
  return converted;
}

PyRef Arguments::fallback_or_missing(const Parameter& parameter, std::string_view looked_in,
                                     Problem& problem) const {
  if (parameter.fallback) return parameter.fallback;
  problem = {422,
             "parameter '" + parameter.name + "' is missing: " + std::string(looked_in),
             parameter.name,
             {}};
  return {};
}

const PyRef& Arguments::request() {
  if (!request_) request_.emplace(head_, probe_, probe_ctx_, stream_);
  return request_->object();
}

/// False: a Python error is set.
bool Arguments::parse_form() {
  if (!form_ && request()) {
    form_ = PyRef::steal(PyObject_GetAttr(request().get(), module_state().form.get()));
  }
  return static_cast<bool>(form_);
}

bool Arguments::parse_body(Problem& problem) {
  if (!body_parsed_) {
    JsonError error;
    body_ = decode_json(view(head_.body), error);
    body_parsed_ = true;
    if (!body_) body_problem_ = not_json(error);
  }
  if (!body_) problem = body_problem_;
  return static_cast<bool>(body_);
}

bool Arguments::body_may_be_anything(const Parameter& parameter) const {
  return signature_.takes_request && parameter.fallback && body_problem_.status == 400;
}

}  // namespace plughost::python
