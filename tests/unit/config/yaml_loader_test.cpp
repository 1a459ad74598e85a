#include "config/yaml_loader.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "unit/config/config_file.hpp"

using namespace plughost;
using namespace plughost::config;
using plughost::config::testing::ConfigFolder;
using plughost::config::testing::load;

namespace {

/// "pointer line:column" of each.
std::string describe(const Positions& positions) {
  std::string text;
  for (const auto& [pointer, position] : positions) {
    text += pointer + " " + std::to_string(position.line) + ":" + std::to_string(position.column) +
            "\n";
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_yaml_loader)

BOOST_AUTO_TEST_CASE(fills_in_the_defaults) {
  const Config config = load("routes: {}\n");

  BOOST_TEST(config.listen.front().host == "127.0.0.1");
  BOOST_TEST(config.listen.front().port == 8000);
  BOOST_TEST(config.threads.io == 0u);
  BOOST_TEST(config.threads.executor == 16u);
  BOOST_TEST(config.timeout.count() == 60000);
  BOOST_TEST(config.plugin_timeout.count() == 60000);
  BOOST_TEST(config.limits.header_bytes == 16384u);
  BOOST_TEST(config.limits.body == 10485760u);
  BOOST_TEST(config.limits.queue == 4096u);
  BOOST_TEST(config.shutdown.linger.count() == 250);
  BOOST_TEST((config.log_level == log::Level::info));
  BOOST_TEST(config.plugins.empty());
  BOOST_TEST(config.routes.empty());
}

BOOST_AUTO_TEST_CASE(reads_every_setting) {
  const Config config = load(R"(
listen: "[::1]:0"
threads: { io: 2, executor: 3 }
timeout: 0
plugin_timeout: 5m
limits:
  header_bytes: 8KiB
  body: 1MiB
  buffered_bytes: 2GiB
  connections: 11
  keep_alive: 12s
  header_timeout: 13ms
  body_timeout: 14
  write_timeout: "15"
  headers: 16
  pipeline_depth: 17
  websocket_message: 5KiB
  websocket_ping: 0
  queue: 18
shutdown: { delay: 1s, linger: 2s, timeout: 3s }
log: { level: warn }
routes:
)");

  BOOST_TEST(config.listen.front().host == "::1");
  BOOST_TEST(config.listen.front().port == 0);
  BOOST_TEST(config.listen.front().position.line == 2);
  BOOST_TEST(config.listen.front().position.column == 9);
  BOOST_TEST(config.threads.io == 2u);
  BOOST_TEST(config.threads.executor == 3u);
  BOOST_TEST(config.timeout.count() == 0);
  BOOST_TEST(config.plugin_timeout.count() == 300000);
  BOOST_TEST(config.limits.header_bytes == 8192u);
  BOOST_TEST(config.limits.body == 1048576u);
  BOOST_TEST(config.limits.buffered_bytes == 2147483648u);
  BOOST_TEST(config.limits.connections == 11u);
  BOOST_TEST(config.limits.keep_alive.count() == 12000);
  BOOST_TEST(config.limits.header_timeout.count() == 13);
  BOOST_TEST(config.limits.body_timeout.count() == 14000);
  BOOST_TEST(config.limits.write_timeout.count() == 15000);
  BOOST_TEST(config.limits.headers == 16u);
  BOOST_TEST(config.limits.pipeline_depth == 17u);
  BOOST_TEST(config.limits.websocket_message == 5u * 1024);
  BOOST_TEST(config.limits.websocket_ping.count() == 0);
  BOOST_TEST(config.limits.queue == 18u);
  BOOST_TEST(config.shutdown.delay.count() == 1000);
  BOOST_TEST(config.shutdown.linger.count() == 2000);
  BOOST_TEST(config.shutdown.timeout.count() == 3000);
  BOOST_TEST((config.log_level == log::Level::warn));
}

BOOST_AUTO_TEST_CASE(reads_a_list_of_addresses) {
  const ConfigFolder folder(R"(
listen:
  - 127.0.0.1:80
  - "[::1]:80"
  - unix:run/x.sock
  - { address: unix:/run/y.sock, mode: "0660" }
  - address: systemd
routes:
)");
  const Config config = load_yaml(folder.file());

  BOOST_REQUIRE(config.listen.size() == 5u);
  BOOST_TEST(config.listen[1].host == "::1");
  BOOST_TEST(config.listen[1].position.line == 4);
  BOOST_TEST(config.listen[2].path == folder.path() / "run/x.sock");
  BOOST_TEST(!config.listen[2].mode.has_value());
  BOOST_TEST(config.listen[3].path == "/run/y.sock");
  BOOST_TEST(config.listen[3].mode.value() == 0660u);
  BOOST_TEST((config.listen[4].kind == ListenAddress::Kind::inherited));
}

BOOST_AUTO_TEST_CASE(takes_empty_sections_for_their_defaults) {
  const Config config = load("threads:\nlimits: ~\nlog: {}\nplugins:\nshutdown:\nroutes:\n");

  BOOST_TEST(config.threads.executor == 16u);
}

BOOST_AUTO_TEST_CASE(knows_its_file_and_folder) {
  const ConfigFolder folder("routes: {}\n");

  const Config config = load_yaml(folder.file());

  BOOST_TEST(config.file == folder.file());
  BOOST_TEST(config.directory == folder.path());
}

BOOST_AUTO_TEST_CASE(reads_plugins_in_file_order) {
  const Config config = load(R"(plugins:
  python:
    path: python_plugin.so
    config: { threads: 8 }
  native: native_plugin.so
  bare: { path: ./bare.so, config: }
routes:
)");

  BOOST_REQUIRE(config.plugins.size() == 3u);
  BOOST_TEST(config.plugins[0].name == "python");
  BOOST_TEST(config.plugins[0].path == "python_plugin.so");
  BOOST_TEST(config.plugins[0].config_json == R"({"threads":8})");
  BOOST_TEST(config.plugins[0].position.line == 2);
  BOOST_TEST(config.plugins[0].position.column == 3);
  BOOST_TEST(config.plugins[1].name == "native");
  BOOST_TEST(config.plugins[1].path == "native_plugin.so");
  BOOST_TEST(config.plugins[1].config_json == "{}");
  BOOST_TEST(config.plugins[2].path == "./bare.so");
  BOOST_TEST(config.plugins[2].config_json == "{}");
}

BOOST_AUTO_TEST_CASE(gives_plugins_json_with_the_place_of_every_value) {
  const Config config = load(R"(plugins:
  python:
    path: p.so
    config:
      import_paths: [python, "7"]
      a/b: { c~d: ~, e: 0x10 }
      text: |
        two
        lines
routes:
)");

  BOOST_TEST(config.plugins[0].config_json ==
             R"({"import_paths":["python","7"],"a/b":{"c~d":null,"e":16},"text":"two\nlines\n"})");
  BOOST_TEST(describe(config.plugins[0].config_positions) ==
             " 5:7\n"
             "/a~1b 6:12\n"
             "/a~1b/c~0d 6:19\n"
             "/a~1b/e 6:25\n"
             "/import_paths 5:21\n"
             "/import_paths/0 5:22\n"
             "/import_paths/1 5:30\n"
             "/text 7:13\n");
}

BOOST_AUTO_TEST_CASE(reads_routes_in_file_order) {
  const Config config = load(R"(timeout: 7s
plugins: { native: n.so, python: p.so }
routes:
  GET /native/hello: native hello
  GET|POST  /users/{id:int}: "python  users:user with blanks "
  ANY /shop/{rest:path}: { to: python shop:app, timeout: 0, mode: asgi, factory: true }
)");

  BOOST_REQUIRE(config.routes.size() == 3u);
  const config::Route& hello = config.routes[0];
  BOOST_TEST(hello.methods == std::vector<std::string>{"GET"}, boost::test_tools::per_element());
  BOOST_TEST(hello.pattern == "/native/hello");
  BOOST_TEST(hello.plugin == "native");
  BOOST_TEST(hello.handler == "hello");
  BOOST_TEST(hello.timeout.count() == 7000);
  BOOST_TEST(hello.options_json == "{}");
  BOOST_TEST(hello.position.line == 4);
  BOOST_TEST(hello.position.column == 3);
  BOOST_TEST(hello.target_position.column == 22);
  BOOST_TEST(config.routes[1].methods.size() == 2u);
  BOOST_TEST(config.routes[1].pattern == "/users/{id:int}");
  BOOST_TEST(config.routes[1].plugin == "python");
  BOOST_TEST(config.routes[1].handler == "users:user with blanks");
  BOOST_TEST(config.routes[2].methods.empty());
}

BOOST_AUTO_TEST_CASE(leaves_route_keys_it_does_not_know_to_the_plugin) {
  const Config config = load(R"(plugins: { python: p.so }
routes:
  GET /a: { mode: pool, to: python a:b, timeout: 250ms, pool: "1", debug: { x: [1] } }
)");

  const config::Route& route = config.routes.at(0);
  BOOST_TEST(route.options_json == R"({"mode":"pool","pool":"1","debug":{"x":[1]}})");
  BOOST_TEST(route.timeout.count() == 250);
  BOOST_TEST(route.target_position.column == 29);
  BOOST_TEST(describe(route.options_positions) ==
             " 3:11\n/debug 3:75\n/debug/x 3:80\n/debug/x/0 3:81\n/mode 3:19\n/pool 3:63\n");
}

BOOST_AUTO_TEST_CASE(types_values_after_substitution) {
  ::setenv("PLUGHOST_TEST_NUMBER", "12", 1);
  ::setenv("PLUGHOST_TEST_STRUCTURE", "a: {b: [1]} # c\n- d", 1);

  const Config config = load(R"(timeout: ${PLUGHOST_TEST_NUMBER}s
plugins:
  ${PLUGHOST_TEST_NAME:-native}:
    path: n.so
    config:
      plain: ${PLUGHOST_TEST_NUMBER}
      quoted: "${PLUGHOST_TEST_NUMBER}"
      flow: [ "${PLUGHOST_TEST_NUMBER}" ]
      empty: ${PLUGHOST_TEST_UNSET:-}
      structure: ${PLUGHOST_TEST_STRUCTURE}
      literal: $${HOME}
routes:
)");

  BOOST_TEST(config.timeout.count() == 12000);
  BOOST_TEST(config.plugins.at(0).name == "native");
  BOOST_TEST(config.plugins.at(0).config_json ==
             R"({"plain":12,"quoted":"12","flow":["12"],"empty":null,)"
             R"("structure":"a: {b: [1]} # c\n- d","literal":"${HOME}"})");
}

BOOST_AUTO_TEST_CASE(reads_lines_ended_by_carriage_returns) {
  const Config config = load("timeout: 3s\r\nroutes: {}\r\n");

  BOOST_TEST(config.timeout.count() == 3000);
}

BOOST_AUTO_TEST_CASE(reads_whom_to_trust) {
  const Config config = load(R"(
listen: { address: 127.0.0.1:80, proxy_protocol: true }
proxies: { trusted: [127.0.0.1, 10.0.0.0/8, unix], headers: forwarded }
routes:
)");

  BOOST_TEST(!load("routes: {}").proxies.has_value());
  BOOST_TEST(config.listen.front().proxy_protocol);
  BOOST_REQUIRE(config.proxies.has_value());
  BOOST_TEST(config.proxies->trusted.size() == 2u);
  BOOST_TEST(config.proxies->trusts_unix);
  BOOST_TEST(config.proxies->uses_standard_field);
}

BOOST_AUTO_TEST_CASE(reads_the_limits_of_a_route) {
  const Config config = load(R"(
limits: { body: 2KiB }
plugins: { n: n.so }
routes:
  GET /a: n a
  GET /b: { to: n b, body: 1MiB, max_in_flight: 64, mode: x }
)");

  BOOST_TEST(config.routes.at(0).body == 2048u);
  BOOST_TEST(config.routes.at(0).max_in_flight == 0u);
  BOOST_TEST(config.routes.at(1).body == 1048576u);
  BOOST_TEST(config.routes.at(1).max_in_flight == 64u);
  BOOST_TEST(config.routes.at(1).options_json == R"({"mode":"x"})");
}

BOOST_AUTO_TEST_CASE(reads_how_answers_are_compressed) {
  const Config config = load(R"(
routes:
  GET /none: { respond: hi }
  GET /false: { respond: hi, compress: false }
  GET /true: { respond: hi, compress: true }
  GET /one: { respond: hi, compress: gzip }
  GET /list: { respond: hi, compress: [gzip, zstd] }
)");
  using Codings = std::vector<std::string>;

  BOOST_TEST(config.routes.at(0).codings.empty());
  BOOST_TEST(config.routes.at(1).codings.empty());
  BOOST_TEST((config.routes.at(2).codings == Codings{"zstd", "gzip"}));
  BOOST_TEST((config.routes.at(3).codings == Codings{"gzip"}));
  BOOST_TEST((config.routes.at(4).codings == Codings{"gzip", "zstd"}));
}

BOOST_AUTO_TEST_CASE(reads_what_the_host_answers) {
  const Config config = load(R"(
routes:
  GET /a: { redirect: /b }
  GET /b: { redirect: https://example.com/, status: 303 }
  GET /c: { respond: 204 }
  GET /d: { respond: "204" }
  GET /e: { respond: { status: 404, body: no, type: text/html, headers: { a: 1, b: [2, 3] } } }
)");
  const auto lines = [](const FixedAnswer& answer) {
    std::string text;
    for (const auto& [name, value] : answer.headers) text += name + "=" + value + ";";
    return text;
  };

  BOOST_TEST(config.routes.at(0).redirect->target == "/b");
  BOOST_TEST(config.routes.at(0).redirect->status == 308u);
  BOOST_TEST(config.routes.at(1).redirect->status == 303u);
  BOOST_TEST(config.routes.at(2).respond->status == 204u);
  BOOST_TEST(config.routes.at(2).respond->body == "");
  BOOST_TEST(config.routes.at(3).respond->status == 200u);
  BOOST_TEST(config.routes.at(3).respond->body == "204");
  BOOST_TEST(lines(*config.routes.at(3).respond) == "content-type=text/plain; charset=utf-8;");
  BOOST_TEST(config.routes.at(4).respond->status == 404u);
  BOOST_TEST(config.routes.at(4).respond->body == "no");
  BOOST_TEST(lines(*config.routes.at(4).respond) == "a=1;b=2;b=3;content-type=text/html;");
  BOOST_TEST(config.routes.at(4).plugin == "");
}

BOOST_AUTO_TEST_CASE(reads_the_policy_of_a_route_or_of_all) {
  const Config config = load(R"(
cors: https://A.example:443
plugins: { n: n.so }
routes:
  GET /a: n a
  GET /b: { to: n b, cors: none }
  GET /c: { to: n c, cors: "*" }
  GET /d:
    to: n d
    cors:
      origins: ["https://*.b.example", "http://[::1]:80", http://localhost:3000]
      methods: [GET, PUT]
      headers: [X-A, x-b]
      expose: "*"
      credentials: true
      max_age: 10m
  GET /e: { to: n e, cors: { origins: "*", headers: "*" } }
)");
  const auto cors = [&](std::size_t i) { return config.routes.at(i).cors; };

  BOOST_TEST(cors(0) == config.cors);
  BOOST_TEST(cors(0)->origins.at(0) == "https://a.example");
  BOOST_TEST((cors(1) == nullptr));
  BOOST_TEST(cors(2)->any_origin);
  BOOST_TEST(cors(2)->origins.empty());
  const std::vector<std::string> origins{"https://*.b.example", "http://[::1]",
                                         "http://localhost:3000"};
  BOOST_TEST(cors(3)->origins == origins, boost::test_tools::per_element());
  BOOST_TEST(cors(3)->methods == "GET, PUT");
  BOOST_TEST(cors(3)->headers.value() == "x-a, x-b");
  BOOST_TEST(cors(3)->expose == "*");
  BOOST_TEST(cors(3)->credentials);
  BOOST_TEST(cors(3)->max_age->count() == 600);
  BOOST_TEST(!cors(4)->headers.has_value());
}

BOOST_AUTO_TEST_CASE(leaves_routes_to_the_plugins) {
  BOOST_TEST(!load("plugins: { python: p.so }\n").has_routes);
  BOOST_TEST(load("plugins: { python: p.so }\nroutes:\n").has_routes);
}

BOOST_AUTO_TEST_SUITE_END()
