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
  void call(const ph_req_head& head, CancelProbe probe, void* probe_ctx, Reply& reply) const;
  const std::string& spec() const { return spec_; }

 private:
  void call_with_arguments(const ph_req_head& head, CancelProbe probe, void* probe_ctx,
                           Reply& reply) const;
  void answer(PyObject* result, const ph_req_head& head, Reply& reply) const;

  std::string spec_;
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
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  const PyRef owned[] = {PyRef::steal(type), PyRef::steal(value), PyRef::steal(traceback)};
  return {text_attribute(value, "key"), text_attribute(value, "message")};
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
  const PyRef bound = PyRef::steal(
      names ? PyObject_CallFunction(module_state().load_target.get(), "s#O", spec_.data(),
                                    static_cast<Py_ssize_t>(spec_.size()), names.get())
            : nullptr);
  PyObject* function = nullptr;
  PyObject* plan = nullptr;
  if (!bound || !PyArg_ParseTuple(bound.get(), "OO", &function, &plan) ||
      !read_signature(plan, signature_)) {
    throw bind_error();
  }
  function_ = PyRef::borrow(function);
}

void Target::Impl::call(const ph_req_head& head, CancelProbe probe, void* probe_ctx,
                        Reply& reply) const {
  reply.clear();
  if (!signature_.parameters.empty()) {
    call_with_arguments(head, probe, probe_ctx, reply);
    return;
  }
  const PyRef result = PyRef::steal(PyObject_Vectorcall(function_.get(), nullptr, 0, nullptr));
  answer(result.get(), head, reply);
}

void Target::Impl::call_with_arguments(const ph_req_head& head, CancelProbe probe, void* probe_ctx,
                                       Reply& reply) const {
  Arguments arguments(signature_, head);
  Problem problem;
  const Arguments::Outcome outcome = arguments.collect(probe, probe_ctx, problem);
  if (outcome == Arguments::Outcome::kProblem) {
    write_problem(problem, head, reply);
    return;
  }
  const PyRef result =
      outcome == Arguments::Outcome::kReady ? arguments.call(function_.get()) : PyRef();
  answer(result.get(), head, reply);
}

void Target::Impl::answer(PyObject* result, const ph_req_head& head, Reply& reply) const {
  if (result == nullptr) {
    answer_exception(spec_, head, reply);
    return;
  }
  std::string why;
  if (!write_result(result, reply, why)) answer_bad_result(spec_, head, why, reply);
}

Target::Target(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Target::~Target() = default;

std::unique_ptr<Target> Target::load(std::string_view spec,
                                     const std::vector<std::string>& params) {
  auto impl = std::make_unique<Impl>(spec);
  impl->load(params);
  return std::unique_ptr<Target>(new Target(std::move(impl)));
}

void Target::call(const ph_req_head& head, CancelProbe probe, void* probe_ctx, Reply& reply) const {
  try {
    impl_->call(head, probe, probe_ctx, reply);
  } catch (const std::exception& error) {
    PyErr_Clear();
    reply.clear();
    reply.status = 500;
    reply.log = "python " + impl_->spec() + " failed: " + error.what();
  }
}

const std::string& Target::spec() const { return impl_->spec(); }

}  // namespace plughost::python
