#include <boost/test/unit_test.hpp>
#include <functional>
#include <new>
#include <plughost/sdk/sdk.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/plugin_instance.hpp"

using plughost::sdk::BoundHandler;
using plughost::sdk::Error;
using plughost::sdk::Handler;
using plughost::sdk::Host;
using plughost::sdk::Options;
using plughost::sdk::Plugin;
using plughost::sdk::Request;
using plughost::sdk::Response;
using plughost::sdk::Route;
using plughost::sdk::text;
using plughost::test::FakeHost;
using plughost::test::FakeRequest;
using plughost::test::FakeRoute;
using plughost::test::PluginInstance;

namespace {

std::string describe(const Route& route) {
  std::string told(route.handler());
  told.append(" ").append(route.pattern()).append(" ").append(route.mount());
  for (const ph_str& name : route.params()) told.append(" {").append(text(name)).append("}");
  for (const ph_str& method : route.methods()) told.append(" ").append(text(method));
  return told;
}

/// Fails in every place and every way.
class Faulty final : public Plugin {
 public:
  static constexpr std::uint32_t kFlags = PH_PF_SINGLETON;

  Faulty(Host host, const Options& config) : Plugin(host) {
    if (config.json() == R"({"fail":"create"})") throw std::runtime_error("create failed");
    add_handler("void", [](Request& r) { r.respond(Response::text("ok")); });
    add_handler("returns_error", [](Request&) { return Error::client(422, "not today"); });
    add_handler("throws_error", [](Request&) { throw Error::busy("later"); });
    add_handler("throws_exception", [](Request&) { throw std::runtime_error("oops"); });
    add_handler("throws_int", [](Request&) { throw 7; });
    add_handler("throws_bad_alloc", [](Request&) { throw std::bad_alloc(); });
    add_handler("forgets", [](Request&) {});
    add_handler("throws_after_answer", [](Request& r) {
      r.respond(Response(202));
      throw std::runtime_error("too late");
    });
    add_handler("throws_after_move", [](Request& r) {
      const Request taken = std::move(r);
      throw std::runtime_error("in other hands");
    });
    add_configurable_handler("greet", [](const Route& route) -> Handler {
      return plughost::sdk::make_handler([json = std::string(route.options().json())](Request& r) {
        r.respond(Response::json(json));
      });
    });
    add_configurable_handler("route", [](const Route& route) -> Handler {
      return plughost::sdk::make_handler(
          [told = describe(route)](Request& r) { r.respond(Response::text(told)); });
    });
  }

  void start() override { throw Error(PH_E_UNAVAILABLE, "no database"); }
  std::optional<Error> health() override { return Error(PH_E_UNAVAILABLE, "still none"); }
  Drained drain(std::chrono::steady_clock::time_point) override { return Drained::kLater; }
  void stop() override { throw std::runtime_error("stop failed"); }
};

const ph_entry* faulty() {
  static constexpr ph_entry entry =
      plughost::sdk::detail::make_entry<Faulty>("faulty", "1.0", "fails");
  return &entry;
}

class Declaring final : public Plugin {
 public:
  Declaring(Host host, const Options&) : Plugin(host) {
    add_handler("hello", [](Request& r) { r.respond(Response::text("hello")); });
    add_route("GET|POST", "/hello/{name}", "hello", R"({"timeout":"5s"})");
    add_route("ANY", "/all", "hello");
  }
};

const ph_entry* declaring() {
  static constexpr ph_entry entry =
      plughost::sdk::detail::make_entry<Declaring>("declaring", "1.0", "has routes");
  return &entry;
}

struct Fixture {
  FakeHost host;
  PluginInstance plugin{faulty(), host};
  FakeRequest request;

  ph_req call(const char* handler) { return plugin.handle(plugin.bind(handler), request); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(abi_sdk_entry)

BOOST_AUTO_TEST_CASE(describes_the_plugin) {
  BOOST_TEST(faulty()->size == sizeof(ph_entry));
  BOOST_TEST(faulty()->abi_major == PH_ABI_MAJOR);
  BOOST_TEST(faulty()->flags == PH_PF_SINGLETON);
  BOOST_TEST(std::string(faulty()->id) == "faulty");
  BOOST_TEST(faulty()->api->size == sizeof(ph_plugin_api));
}

BOOST_FIXTURE_TEST_CASE(lets_a_handler_answer, Fixture) {
  const ph_req token = call("void");

  BOOST_TEST(plugin.status() == PH_OK);
  BOOST_TEST(host.answer(token)->body == "ok");
}

BOOST_FIXTURE_TEST_CASE(leaves_the_answer_to_the_host_when_a_handler_fails, Fixture) {
  struct Row {
    const char* handler;
    ph_status status;
    std::uint32_t http_status;
    const char* message;
  };
  const std::vector<Row> rows = {
      {"returns_error", PH_E_INVALID, 422, "not today"},
      {"throws_error", PH_E_BUSY, 0, "later"},
      {"throws_exception", PH_E_INTERNAL, 0, "oops"},
      {"throws_int", PH_E_INTERNAL, 0, "an exception of an unknown type"},
      {"throws_bad_alloc", PH_E_NOMEM, 0, "out of memory"},
  };

  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.handler) {
      const ph_req token = call(row.handler);

      BOOST_TEST(plugin.status() == row.status);
      BOOST_TEST(plugin.error().code == row.status);
      BOOST_TEST(plugin.error().http_status == row.http_status);
      BOOST_TEST(std::string(plugin.error().msg) == row.message);
      BOOST_TEST(!host.answer(token).has_value());
    }
  }
}

BOOST_FIXTURE_TEST_CASE(answers_500_for_a_handler_that_forgets, Fixture) {
  const ph_req token = call("forgets");

  BOOST_TEST(plugin.status() == PH_OK);
  BOOST_TEST(host.answer(token)->status == 500U);
}

BOOST_FIXTURE_TEST_CASE(keeps_an_answer_that_was_made_before_the_failure, Fixture) {
  const ph_req token = call("throws_after_answer");

  BOOST_TEST(plugin.status() == PH_OK);
  BOOST_TEST(host.answer(token)->status == 202U);
  BOOST_TEST_REQUIRE(host.log_lines().size() == 1U);
  BOOST_TEST(host.log_lines()[0].text ==
             "a handler failed after it had answered or passed on its request: too late");
}

BOOST_FIXTURE_TEST_CASE(answers_once_when_a_taken_request_dies_with_the_failure, Fixture) {
  const ph_req token = call("throws_after_move");

  BOOST_TEST(plugin.status() == PH_OK);
  BOOST_TEST(host.answer(token)->status == 500U);
  BOOST_TEST(host.stale_calls() == 0U);
}

BOOST_FIXTURE_TEST_CASE(makes_a_handler_for_each_route_of_its_options, Fixture) {
  const ph_handler first = plugin.bind("greet", R"({"n":1})");
  const ph_handler second = plugin.bind("greet", R"({"n":2})");

  const ph_req one = plugin.handle(first, request);
  const ph_req two = plugin.handle(second, request);

  BOOST_TEST(host.answer(one)->body == R"({"n":1})");
  BOOST_TEST(host.answer(two)->body == R"({"n":2})");
}

BOOST_FIXTURE_TEST_CASE(tells_a_handler_its_route, Fixture) {
  FakeRoute route{"route"};
  route.pattern = "/users/{id:int}/{rest:path}";
  route.mount = "/users";
  route.params = {"id", "rest"};
  route.methods = {"GET", "PUT"};

  const ph_req token = plugin.handle(plugin.bind(route), request);

  BOOST_TEST(host.answer(token)->body ==
             "route /users/{id:int}/{rest:path} /users {id} {rest} GET PUT");
}

BOOST_AUTO_TEST_CASE(finds_a_text_of_a_route) {
  FakeRoute route;
  route.params = {"id", "name"};

  const plughost::sdk::Texts params = Route(route.raw()).params();

  BOOST_TEST(params.contain("name"));
  BOOST_TEST(!params.contain("nam"));
}

BOOST_FIXTURE_TEST_CASE(runs_a_handler_on_the_executor_unless_told, Fixture) {
  BOOST_TEST(plugin.bind("void").flags == 0U);
}

BOOST_AUTO_TEST_CASE(reports_a_constructor_that_throws) {
  FakeHost host;

  const PluginInstance plugin(faulty(), host, R"({"fail":"create"})");

  BOOST_TEST(plugin.status() == PH_E_INTERNAL);
  BOOST_TEST(std::string(plugin.error().msg) == "create failed");
}

BOOST_FIXTURE_TEST_CASE(reports_a_failing_start_and_health, Fixture) {
  ph_error error = plughost::test::empty_error();

  BOOST_TEST(plugin.api().start(plugin.raw(), &error) == PH_E_UNAVAILABLE);
  BOOST_TEST(std::string(error.msg) == "no database");
  BOOST_TEST(plugin.api().health(plugin.raw(), &error) == PH_E_UNAVAILABLE);
  BOOST_TEST(std::string(error.msg) == "still none");
}

BOOST_FIXTURE_TEST_CASE(says_pending_for_a_drain_that_takes_longer, Fixture) {
  BOOST_TEST(plugin.api().drain(plugin.raw(), 0) == PH_PENDING);
}

BOOST_FIXTURE_TEST_CASE(survives_a_stop_that_throws, Fixture) {
  plugin.api().stop(plugin.raw());

  BOOST_TEST_REQUIRE(host.log_lines().size() == 1U);
  BOOST_TEST(host.log_lines()[0].text == "stop failed");
}

BOOST_AUTO_TEST_CASE(cuts_a_long_message_at_a_whole_character) {
  ph_error error = plughost::test::empty_error();
  std::string message(366, 'x');
  message += "\xE2\x82\xAC";

  plughost::sdk::detail::report(&error, Error(PH_E_INTERNAL, message));

  BOOST_TEST(std::string(error.msg) == std::string(366, 'x'));
}

BOOST_AUTO_TEST_CASE(declares_the_routes_of_the_constructor) {
  FakeHost host;
  PluginInstance plugin{declaring(), host};
  const auto* extension = plugin.api().get_extension(plugin.raw(), PH_ROUTES_1);
  BOOST_TEST_REQUIRE(extension != nullptr);
  const auto& routes = *static_cast<const ph_routes_api*>(extension);
  ph_error error = plughost::test::empty_error();
  ph_offered_route first{};
  first.size = sizeof first;
  ph_offered_route cut{};  // as an older host has it
  cut.size = offsetof(ph_offered_route, origin);

  BOOST_TEST(routes.next(plugin.raw(), 0, &first, &error) == PH_OK);
  BOOST_TEST(routes.next(plugin.raw(), 1, &cut, &error) == PH_OK);
  BOOST_TEST(routes.next(plugin.raw(), 2, &cut, &error) == PH_END);

  BOOST_TEST_REQUIRE(first.n_methods == 2U);
  BOOST_TEST(text(first.methods[0]) == "GET");
  BOOST_TEST(text(first.methods[1]) == "POST");
  BOOST_TEST(text(first.pattern) == "/hello/{name}");
  BOOST_TEST(text(first.handler) == "hello");
  BOOST_TEST(text(first.options_json) == R"({"timeout":"5s"})");
  BOOST_TEST(text(first.origin).find("sdk_entry_test.cpp:") != std::string_view::npos);
  BOOST_TEST(cut.n_methods == 0U);
  BOOST_TEST(text(cut.pattern) == "/all");
  BOOST_TEST(cut.origin.ptr == nullptr);
  BOOST_TEST(plugin.api().get_extension(plugin.raw(), "ph.other/1") == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
