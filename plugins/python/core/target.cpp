#include "core/target.hpp"

#include <exception>

#include "core/arguments.hpp"
#include "core/failure.hpp"
#include "core/json_encoder.hpp"
#include "core/module_state.hpp"
#include "core/problem.hpp"
#include "core/result.hpp"
#include "core/signature.hpp"

namespace plughost::python {

class Target::Impl final {
 public:
  explicit Impl(std::string_view spec) : spec_(spec) {}

  void load(const std::vector<std::string>& params);
  void load_app(const AppOptions& options);
  PyObject* function() const { return function_.get(); }
  void call(const ph_req_head& head, CancelProbe probe, void* probe_ctx, Reply& reply) const;
  PyRef begin(const ph_req_head& head, CancelProbe probe, void* probe_ctx, PyRef& held,
              Reply& reply, PyObject* stream) const;
  void settle(PyObject* result, const ph_req_head& head, Reply& reply, PyRef* stream) const;
  const std::string& spec() const { return spec_; }
  Kind kind() const { return kind_; }
  bool takes_stream() const { return signature_.takes_stream; }

 private:
  void accept(const PyRef& bound);
  PyRef begin_with_arguments(const ph_req_head& head, CancelProbe probe, void* probe_ctx,
                             PyRef& held, Reply& reply, PyObject* stream) const;

  std::string spec_;
  Kind kind_ = Kind::function;
  PyRef function_;
  Signature signature_;
};

namespace {

std::string text_attribute(PyObject* object, const char* name) {
  const PyRef value = PyRef::steal(PyObject_GetAttrString(object, name));
  if (!value || !PyUnicode_Check(value.get())) {
    PyErr_Clear();
    return {};
  }
  return std::string(utf8_of(value.get()));
}

/// The Python error that is set, as the exception a bind throws.
BindError bind_error() {
  if (PyErr_ExceptionMatches(module_state().bind_error_type.get()) == 0) {
    return {"", describe_error()};
  }
  const PyRef error = take_error();
  return {text_attribute(error.get(), "key"), text_attribute(error.get(), "message")};
}

// The words plughost/_bind.py uses.
Target::Kind kind_named(std::string_view name) {
  if (name == "app") return Target::Kind::app;
  if (name == "generator") return Target::Kind::generator;
  if (name == "coroutine") return Target::Kind::coroutine;
  return name == "async generator" ? Target::Kind::async_generator : Target::Kind::function;
}

PyRef list_of(const std::vector<std::string>& texts) {
  PyRef list = PyRef::steal(PyList_New(0));
  for (const std::string& text : texts) {
    const PyRef item = PyRef::steal(
        PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
    if (!list || !item || PyList_Append(list.get(), item.get()) != 0) return {};
  }
  return list;
}

}  // namespace

void Target::Impl::load(const std::vector<std::string>& params) {
  std::string error;
  if (!load_module_state(error)) throw BindError("", error);
  const PyRef names = list_of(params);
  accept(PyRef::steal(
      names ? PyObject_CallFunction(module_state().load_target.get(), "s#O", spec_.data(),
                                    static_cast<Py_ssize_t>(spec_.size()), names.get())
            : nullptr));
}

void Target::Impl::load_app(const AppOptions& options) {
  std::string error;
  if (!load_module_state(error)) throw BindError("", error);
  accept(PyRef::steal(PyObject_CallFunction(module_state().load_app.get(), "s#si", spec_.data(),
                                            static_cast<Py_ssize_t>(spec_.size()),
                                            options.interface, options.factory ? 1 : 0)));
}

/// What plughost._bind gave: (function, plan, kind); empty: a Python error is set.
void Target::Impl::accept(const PyRef& bound) {
  PyObject* function = nullptr;
  PyObject* plan = nullptr;
  const char* kind = nullptr;
  if (!bound || !PyArg_ParseTuple(bound.get(), "OOs", &function, &plan, &kind) ||
      !read_signature(plan, signature_)) {
    throw bind_error();
  }
  function_ = PyRef::borrow(function);
  kind_ = kind_named(kind);
}

void Target::Impl::call(const ph_req_head& head, CancelProbe probe, void* probe_ctx,
                        Reply& reply) const {
  PyRef held;
  const PyRef result = begin(head, probe, probe_ctx, held, reply, nullptr);
  if (result) settle(result.get(), head, reply, nullptr);
  let_go(held);
}

PyRef Target::Impl::begin(const ph_req_head& head, CancelProbe probe, void* probe_ctx, PyRef& held,
                          Reply& reply, PyObject* stream) const {
  reply.clear();
  if (!signature_.parameters.empty()) {
    return begin_with_arguments(head, probe, probe_ctx, held, reply, stream);
  }
  PyRef result = PyRef::steal(PyObject_Vectorcall(function_.get(), nullptr, 0, nullptr));
  if (!result) answer_exception(spec_, head, reply);
  return result;
}

PyRef Target::Impl::begin_with_arguments(const ph_req_head& head, CancelProbe probe,
                                         void* probe_ctx, PyRef& held, Reply& reply,
                                         PyObject* stream) const {
  Arguments arguments(signature_, head, stream);
  Problem problem;
  const Arguments::Outcome outcome = arguments.collect(probe, probe_ctx, problem);
  if (outcome == Arguments::Outcome::kProblem) {
    write_problem(problem, head, reply);
    return {};
  }
  PyRef result = outcome == Arguments::Outcome::kReady ? arguments.call(function_.get()) : PyRef();
  if (!result) answer_exception(spec_, head, reply);
  if (result) held = arguments.take_probe();
  return result;
}

void Target::Impl::settle(PyObject* result, const ph_req_head& head, Reply& reply,
                          PyRef* stream) const {
  if (result == nullptr) {
    answer_exception(spec_, head, reply);
    return;
  }
  std::string why;
  if (write_result(result, reply, stream, why)) return;
  if (stream != nullptr) *stream = PyRef();
  answer_bad_result(spec_, head, why, reply);
}

Target::Target(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Target::~Target() = default;

std::unique_ptr<Target> Target::load(std::string_view spec,
                                     const std::vector<std::string>& params) {
  auto impl = std::make_unique<Impl>(spec);
  impl->load(params);
  return std::unique_ptr<Target>(new Target(std::move(impl)));
}

std::unique_ptr<Target> Target::load_app(std::string_view spec, const AppOptions& options) {
  auto impl = std::make_unique<Impl>(spec);
  impl->load_app(options);
  return std::unique_ptr<Target>(new Target(std::move(impl)));
}

namespace {

/// Runs work; what it throws becomes a 500. The core itself has failed then, out of memory say.
template <typename Work>
void guarded(const std::string& spec, Reply& reply, Work work) noexcept {
  try {
    work();
  } catch (const std::exception& error) {
    PyErr_Clear();
    reply.clear();
    reply.status = 500;
    reply.log = "python " + spec + " failed: " + error.what();
  }
}

}  // namespace

void Target::call(const ph_req_head& head, CancelProbe probe, void* probe_ctx, Reply& reply) const {
  guarded(spec(), reply, [&] { impl_->call(head, probe, probe_ctx, reply); });
}

PyRef Target::begin(const ph_req_head& head, CancelProbe probe, void* probe_ctx, PyRef& held,
                    Reply& reply, PyObject* stream) const {
  PyRef result;
  guarded(spec(), reply,
          [&] { result = impl_->begin(head, probe, probe_ctx, held, reply, stream); });
  return result;
}

void Target::let_go(const PyRef& held) { disarm_probe(held); }

void Target::settle(PyObject* result, const ph_req_head& head, Reply& reply, PyRef* stream) const {
  guarded(spec(), reply, [&] {
    reply.clear();
    impl_->settle(result, head, reply, stream);
  });
}

const std::string& Target::spec() const { return impl_->spec(); }

PyObject* Target::function() const { return impl_->function(); }

Target::Kind Target::kind() const { return impl_->kind(); }

bool Target::takes_stream() const { return impl_->takes_stream(); }

}  // namespace plughost::python
