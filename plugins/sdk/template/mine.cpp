#include <plughost/sdk/sdk.hpp>
#include <string>

namespace {

using plughost::sdk::Error;
using plughost::sdk::Host;
using plughost::sdk::Options;
using plughost::sdk::Plugin;
using plughost::sdk::Request;
using plughost::sdk::Response;
using plughost::sdk::Run;

class Mine final : public Plugin {
 public:
  Mine(Host host, const Options& config) : Plugin(host) {
    config.refuse_all();
    add_handler("hello", hello, Run::kNonblocking);
    add_handler("greet", greet);
  }

 private:
  // kNonblocking: runs on an I/O thread, so it must not wait for anything.
  static void hello(Request& request) {
    request.respond(Response::json_view(R"({"message":"Hello from mine"})"));
  }

  // Runs on an executor thread and may block. An Error is answered by the host.
  static void greet(Request& request) {
    const auto name = request.param("name");
    if (!name) throw Error::client(400, "the route's pattern needs {name}");
    request.respond(Response::text("Hello, " + std::string(*name) + "\n"));
  }
};

}  // namespace

PLUGHOST_PLUGIN(Mine, "mine", "1.0.0", "Greets by name")
