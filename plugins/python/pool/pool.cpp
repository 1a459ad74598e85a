#include "pool/pool.hpp"

#include "pool/engine.hpp"

namespace plughost::python {
namespace {

/// The engine outlives it while a callback of an executor is still on its way out.
class PoolBackend final : public Pool {
 public:
  PoolBackend(const ph_host* host, const PoolSettings& settings)
      : engine_(std::make_shared<pool::Engine>(host, settings)) {}

  void add_route(const RouteTarget& route) override { engine_->add_route(route); }
  bool submit(const Job& job) noexcept override { return engine_->submit(job); }
  void start() override { engine_->start({}); }
  void start(std::chrono::milliseconds limit) override { engine_->start(limit); }
  void launch() override { engine_->launch(); }
  pool::Admission call(std::unique_ptr<pool::Call>& call) override { return engine_->call(call); }
  bool withdraw(std::uint64_t number) override { return engine_->withdraw(number); }
  bool drain(std::uint64_t deadline_ns) override { return engine_->drain(deadline_ns); }
  void retire() override { engine_->retire(); }
  bool is_over() const override { return engine_->is_over(); }
  void stop() override { engine_->stop(); }
  std::string health() const override { return engine_->health(); }

 private:
  const std::shared_ptr<pool::Engine> engine_;
};

}  // namespace

std::unique_ptr<Pool> make_pool(const ph_host* host, const PoolSettings& settings) {
  return std::make_unique<PoolBackend>(host, settings);
}

}  // namespace plughost::python
