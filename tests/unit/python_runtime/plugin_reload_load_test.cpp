#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <future>
#include <mutex>

#include "reloading_plugin.hpp"

using namespace plughost::testing;

namespace {

/// One that runs on behind its answer, and one with something to close.
constexpr char kApplication[] = R"(
import asyncio

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        return
    await send({"type": "http.response.start", "status": 200})
    await send({"type": "http.response.body"})
    await asyncio.sleep(0.002)

class Body(list):
    def close(self):
        for _ in range(1000):
            pass

def plain(environ, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return Body([b"one"])

def hello() -> str:
    return "0"

async def later() -> str:
    return "later 0"
)";

/// The table that clients use, as a host keeps it: the old one is free when nobody uses it.
class ServedTable final {
 public:
  ServedTable(ReloadingPlugin& plugin, Table table) : plugin_(plugin), table_(std::move(table)) {}

  /// Requests of that route until stop. Returns how many were answered with 200.
  unsigned run_client(std::size_t route) {
    const FakeRequest request;
    unsigned answered = 0;
    for (;;) {
      ph_handler handler;
      unsigned* users;
      ph_req token;
      {
        const std::lock_guard lock(mutex_);
        if (stopped_) return answered;
        handler = table_[route];
        users = users_;
        ++*users;
        token = plugin_.next_token();
      }
      const bool taken = send(handler, token, request) == PH_OK;
      const bool good = taken && plugin_.host.wait_for(token).status == 200;
      const std::lock_guard lock(mutex_);
      --*users;
      unused_.notify_all();
      if (!good) return 0;
      ++answered;
    }
  }
  /// The old table, when its last request is answered.
  Table exchange(Table next) {
    std::unique_lock lock(mutex_);
    std::swap(table_, next);
    unsigned* const old = std::exchange(users_, users_ == counts_ ? counts_ + 1 : counts_);
    unused_.wait(lock, [&] { return *old == 0; });
    return next;
  }
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }

 private:
  ReloadingPlugin& plugin_;
  std::mutex mutex_;
  std::condition_variable unused_;
  Table table_;
  unsigned counts_[2] = {0, 0};
  unsigned* users_ = counts_;
  bool stopped_ = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_runtime_plugin_reload_load)

BOOST_AUTO_TEST_CASE(tables_come_and_go_under_requests) {
  in_own_process([] {
    const Modules modules;
    modules.write("app.py", kApplication);
    ReloadingPlugin plugin(modules);
    const std::vector<RouteOf> routes = {"app:hello",
                                         "app:later",
                                         {"app:app", R"({"mode": "asgi"})"},
                                         {"app:plain", R"({"mode": "wsgi"})"}};
    ServedTable served(plugin, plugin.serve(routes));
    std::vector<std::future<unsigned>> clients;
    for (std::size_t i = 0; i < routes.size(); ++i) {
      clients.push_back(std::async(std::launch::async, [&, i] { return served.run_client(i); }));
    }

    for (int i = 0; i < 12; ++i) {
      plugin.drop(served.exchange(plugin.must_load(routes)));
    }

    served.stop();
    for (auto& client : clients) BOOST_TEST(client.get() > 0u);
  });
}

BOOST_AUTO_TEST_SUITE_END()
