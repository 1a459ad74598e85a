#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "plugin/plugin_registry.hpp"
#include "unit/plugin/captured_log.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

using Lines = std::vector<std::string>;
using Clock = PluginRegistry::Clock;

/// A rig whose file changes while its plugins serve.
class ReloadRig : public PluginRig {
 public:
  /// A plugin 'p' with tables and a route to its hello.
  void serve_tables() {
    add_plugin("p", "fixture_tables", '{' + journal_option() + '}');
    add_route("p", "hello");
    start();
    news();
  }

  /// The file as it will be, without plugins and routes.
  void rewrite() {
    earlier_.push_back(std::move(routes));  // requests point into it
    routes.clear();
    config.plugins.clear();
    config.routes.clear();
  }

  std::uint64_t reload() {
    registry->load(config);
    return bind_and_start();
  }
  Lines reload_errors() {
    const auto before = routes;
    try {
      reload();
    } catch (const StartError& error) {
      routes = before;
      Lines lines;
      for (const auto& mistake : error.diagnostics()) lines.push_back(mistake.to_string());
      return lines;
    }
    return {};
  }

  /// The lifecycle calls since the last time that this was asked.
  Lines news() {
    auto lines = journal_lines();
    lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(seen_));
    seen_ += lines.size();
    return lines;
  }

  /// Waits for clean_up() to have nothing left to do.
  bool is_clean_within(std::chrono::milliseconds time) {
    const auto end = Clock::now() + time;
    while (!registry->clean_up()) {
      if (Clock::now() > end) return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }

  const std::vector<routing::Route>& earlier() const { return earlier_.back(); }
  std::filesystem::path mark() const { return folder.path() / "mark"; }
  std::string journal_and(const std::string& more) const {
    return "{" + journal_option() + ", " + more + R"(, "while": ")" + mark().string() + "\"}";
  }

 private:
  std::vector<std::vector<routing::Route>> earlier_;
  std::size_t seen_ = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_plugin_reload, ReloadRig)

BOOST_AUTO_TEST_CASE(binds_a_second_table_on_what_runs_and_unbinds_the_first) {
  serve_tables();
  rewrite();
  add_plugin("p", "fixture_tables", '{' + journal_option() + '}');
  add_route("p", "lent");
  add_route("p", "hello");

  const auto epoch = reload();
  const Lines bound{"table_begin", "bind", "bind", "table_commit"};
  BOOST_TEST(news() == bound, boost::test_tools::per_element());
  BOOST_TEST(ask(1).body == "hello");

  registry->release(epoch - 1);
  BOOST_TEST(registry->clean_up());
  BOOST_TEST(news() == Lines{"unbind"}, boost::test_tools::per_element());
  registry.reset();
  const Lines end{"drain", "stop", "unbind", "unbind", "destroy"};
  BOOST_TEST(news() == end, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(unbinds_an_old_route_after_its_last_request_only) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  const auto hold = add_route("p", "hold");
  start();
  auto& held = send(hold);
  rewrite();
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  const auto release_held = add_route("p", "release_held");
  const auto epoch = reload();
  registry->release(epoch - 1);
  news();

  BOOST_TEST(!registry->clean_up());
  BOOST_TEST(news().empty());

  ask(release_held);
  BOOST_TEST(finish(held).body == "held");
  BOOST_TEST(is_clean_within(10s));
  BOOST_TEST(news() == Lines{"unbind"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(goes_on_with_the_old_routes_when_a_call_fails) {
  for (const auto* call : {"table_begin", "bind", "table_commit"}) {
    BOOST_TEST_CONTEXT(call) {
      ReloadRig rig;
      rig.add_plugin("p", "fixture_tables",
                     rig.journal_and(R"("fail": ")" + std::string(call) + '"'));
      rig.add_route("p", "hello");
      rig.start();
      rig.news();
      rig.folder.write("mark", "");

      BOOST_TEST(rig.reload_errors().size() == 1u);
      const auto lines = rig.news();
      BOOST_TEST((lines.back() == "table_abort") == (std::string(call) != "table_begin"));
      BOOST_TEST(rig.ask(0).body == "hello");

      std::filesystem::remove(rig.mark());
      BOOST_TEST(rig.reload_errors().empty());
      BOOST_TEST(rig.ask(0).body == "hello");
    }
  }
}

BOOST_AUTO_TEST_CASE(takes_back_a_reload_that_was_not_brought_to_its_end) {
  serve_tables();

  registry->load(config);
  registry->begin_table();
  registry->undo();
  reload();

  const Lines expected{"table_begin", "table_abort", "table_begin", "bind", "table_commit"};
  BOOST_TEST(news() == expected, boost::test_tools::per_element());
  BOOST_TEST(ask(0).body == "hello");
}

BOOST_AUTO_TEST_CASE(unbinds_what_was_committed_when_a_new_plugin_does_not_start) {
  serve_tables();
  rewrite();
  add_plugin("p", "fixture_tables", '{' + journal_option() + '}');
  add_plugin("q", "fixture_plugin", R"({"fail": "start"})");
  add_route("p", "hello");

  BOOST_TEST(reload_errors().size() == 1u);
  const Lines expected{"table_begin", "bind", "table_commit", "unbind"};
  BOOST_TEST(news() == expected, boost::test_tools::per_element());
  rewrite();
  add_plugin("p", "fixture_tables", '{' + journal_option() + '}');
  const auto hello = add_route("p", "hello");
  reload();
  BOOST_TEST(ask(hello).body == "hello");
}

BOOST_AUTO_TEST_CASE(goes_on_serving_when_a_call_overruns_and_reloads_when_it_has_returned) {
  for (const auto* call : {"table_begin", "bind", "table_commit"}) {
    BOOST_TEST_CONTEXT(call) {
      const CapturedLog log;
      ReloadRig rig;
      rig.config.plugin_timeout = 50ms;
      rig.add_plugin("p", "fixture_tables",
                     rig.journal_and(R"("hang": ")" + std::string(call) + '"'));
      rig.add_route("p", "hello");
      rig.start();
      rig.news();
      rig.folder.write("mark", "");

      const auto first = rig.reload_errors();
      BOOST_REQUIRE(first.size() == 1u);
      BOOST_TEST(first[0].ends_with("it has not returned from " + std::string(call) +
                                    "() in time; it goes on serving what it serves"));
      BOOST_TEST(rig.ask(0).body == "hello");
      const auto second = rig.reload_errors();
      BOOST_REQUIRE(second.size() == 1u);
      BOOST_TEST(second[0].ends_with("has not returned from " + std::string(call) +
                                     "() of an earlier reload; reload again when it has, or "
                                     "restart"));
      BOOST_TEST(!rig.registry->clean_up());

      std::filesystem::remove(rig.mark());
      BOOST_TEST(rig.is_clean_within(10s));
      const auto expected = std::string(call) == "table_commit" ? "unbind" : "table_abort";
      BOOST_TEST(rig.news().back() == expected);
      BOOST_TEST(rig.reload_errors().empty());
      BOOST_TEST(rig.ask(0).body == "hello");
      BOOST_TEST(!rig.registry->work_abandoned());
    }
  }
}

BOOST_AUTO_TEST_CASE(abandons_one_that_is_still_busy_when_the_drain_ends) {
  config.plugin_timeout = 20ms;
  add_plugin("p", "fixture_plugin", journal_and(R"("hang": "bind")"));
  add_route("p", "hello");
  start();
  folder.write("mark", "");
  BOOST_TEST(reload_errors().size() == 1u);

  const CapturedLog log;
  BOOST_TEST(!registry->drain(Clock::now() + 50ms));
  BOOST_TEST(log.says("plugin 'p': is abandoned: it has not returned from bind()"));
  std::filesystem::remove(mark());
}

BOOST_AUTO_TEST_CASE(starts_a_plugin_that_is_new_in_the_file) {
  add_plugin("p", "fixture_plugin");
  add_route("p", "hello");
  start();
  rewrite();
  add_plugin("p", "fixture_plugin");
  add_plugin("q", "fixture_tables", '{' + journal_option() + '}');
  const auto hello = add_route("q", "hello");

  reload();

  const Lines expected{"create", "table_begin", "bind", "table_commit", "start"};
  BOOST_TEST(news() == expected, boost::test_tools::per_element());
  BOOST_TEST(ask(hello).body == "hello");
}

BOOST_AUTO_TEST_CASE(takes_down_a_plugin_that_the_file_names_no_longer_when_its_requests_are_over) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  const auto later = add_route("p", "later", R"({"after_ms": 100})");
  start();
  news();
  auto& slow = send(later);
  rewrite();
  const auto epoch = reload();
  registry->release(epoch - 1);

  BOOST_TEST(!registry->clean_up());
  BOOST_TEST(news().empty());

  BOOST_TEST(finish(slow).status == 200u);
  BOOST_TEST(is_clean_within(10s));
  const Lines expected{"drain", "stop", "unbind", "destroy"};
  BOOST_TEST(news() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(replaces_a_plugin_whose_configuration_or_file_has_changed) {
  const auto file = folder.path() / "mine.so";
  std::filesystem::copy_file(fixture("fixture_plugin"), file);
  const auto name_it = [&](const std::string& config_json) {
    rewrite();
    config.plugins.push_back({"p", "mine.so", config_json, {}, {10, 3}});
    add_route("p", "hello");
  };
  const auto common = '{' + journal_option() + '}';
  const Lines taken_down{"drain", "stop", "unbind", "destroy"};
  name_it(common);
  start();
  news();

  name_it('{' + journal_option() + R"(, "x": 1})");
  registry->release(reload() - 1);
  BOOST_TEST(news() == (Lines{"create", "bind", "start"}), boost::test_tools::per_element());
  BOOST_TEST(registry->clean_up());
  BOOST_TEST(news() == taken_down, boost::test_tools::per_element());

  std::filesystem::copy_file(fixture("fixture_tables"), folder.path() / "new.so");
  std::filesystem::rename(folder.path() / "new.so", file);
  name_it('{' + journal_option() + R"(, "x": 1})");
  registry->release(reload() - 1);
  const Lines renewed{"create", "table_begin", "bind", "table_commit", "start"};
  BOOST_TEST(news() == renewed, boost::test_tools::per_element());
  BOOST_TEST(registry->clean_up());
  BOOST_TEST(news() == taken_down, boost::test_tools::per_element());
  BOOST_TEST(ask(0).body == "hello");
}

BOOST_AUTO_TEST_CASE(refuses_to_replace_a_singleton) {
  add_plugin("p", "fixture_singleton");
  add_route("p", "hello");
  start();
  rewrite();
  add_plugin("p", "fixture_singleton", R"({"x": 1})");
  add_route("p", "hello");

  const Lines expected{
      "routes.yaml:10:3: error: plugin 'p': its file or its 'config' has changed, which takes a "
      "restart: a process can have only one 'plughost.fixture'"};
  BOOST_TEST(reload_errors() == expected, boost::test_tools::per_element());
  BOOST_TEST(earlier().size() == 1u);
}

BOOST_AUTO_TEST_CASE(refuses_a_singleton_that_there_has_been) {
  add_plugin("p", "fixture_singleton");
  start();
  rewrite();
  registry->release(reload() - 1);
  BOOST_TEST(registry->clean_up());
  rewrite();
  add_plugin("q", "fixture_singleton");

  const Lines expected{
      "routes.yaml:10:3: error: plugin 'q': a process can have only one 'plughost.fixture' in its "
      "life, and this one had it; restart to use it again"};
  BOOST_TEST(reload_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reports_mistakes_where_the_newer_file_has_them) {
  add_plugin("p", "fixture_tables",
             R"({"fail": "table_begin", "while": ")" + mark().string() + "\"}");
  start();
  rewrite();
  config.plugins.push_back({"p",
                            fixture("fixture_tables").string(),
                            R"({"fail": "table_begin", "while": ")" + mark().string() + "\"}",
                            {{"/fail", {31, 9}}},
                            {30, 3}});
  folder.write("mark", "");

  const Lines expected{"routes.yaml:31:9: error: plugin 'p': this call was told to fail"};
  BOOST_TEST(reload_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
