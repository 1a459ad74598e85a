// Start-up that refuses, and what becomes of a worker that cannot start later.
#include <boost/test/unit_test.hpp>
#include <cstdlib>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

std::string start_error(PoolRun& run) {
  try {
    run.pool().start();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return {};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_pool_start)

BOOST_AUTO_TEST_CASE(brings_all_workers_up) {
  PoolRun run(3);

  run.pool().start();

  BOOST_TEST(run.pool().health() == "");
  BOOST_TEST(pool_workers().size() == 3u);
}

BOOST_AUTO_TEST_CASE(starts_nothing_before) {
  const PoolRun run;

  BOOST_TEST(pool_workers().empty());
}

BOOST_AUTO_TEST_CASE(refuses_an_import_error_in_a_worker) {
  PoolRun run;
  run.pool().add_route(run.route("pool_bad_import:answer"));

  const std::string error = start_error(run);

  BOOST_TEST(has(error, "pool_bad_import"), error);
  BOOST_TEST(has(error, "no licence in this process"), error);
  BOOST_TEST(wait_until([] { return pool_workers().empty(); }));
}

BOOST_AUTO_TEST_CASE(refuses_a_worker_that_dies_of_its_import) {
  PoolRun run;
  run.pool().add_route(run.route("pool_dies_at_import:answer"));

  const std::string error = start_error(run);

  BOOST_TEST(has(error, "exit code 7"), error);
  BOOST_TEST(wait_until([] { return pool_workers().empty(); }));
}

BOOST_AUTO_TEST_CASE(prepares_each_worker_before_it_takes_work) {
  plughost::python::PoolSettings settings = pool_settings(1);
  settings.preload = {"pool_preloaded"};
  settings.start = "pool_prepared:load";
  PoolRun run(settings);
  run.pool().start();
  const std::string expected = R"({"steps":["imported","loaded","after the preload"]})";

  BOOST_TEST(run.call("pool_prepared:state").body == expected);
  ::kill(pool_workers().at(0), SIGKILL);
  BOOST_TEST(run.call("pool_prepared:state").body == expected);
}

BOOST_AUTO_TEST_CASE(refuses_what_cannot_be_prepared) {
  const Folder folder;
  std::ofstream(folder.file("unprepared.py")) << "def fail():\n    raise OSError('no licence')\n"
                                              << "def leave():\n    raise SystemExit(3)\n";
  struct Row {
    const char* name;
    std::vector<std::string> preload;
    const char* start;
    const char* says;
  };
  const Row rows[] = {
      {"no module",
       {"nowhere_to_be_found"},
       "",
       "cannot start: preload of nowhere_to_be_found: no"},
      {"broken module", {"pool_bad_import"}, "", "no licence in this process"},
      {"no start module", {}, "gone:load", "start function gone:load: no module named 'gone'"},
      {"no start function", {}, "unprepared:fial", "did you mean 'fail'"},
      {"it raises", {}, "unprepared:fail", "unprepared.py:2: OSError: no licence"},
      {"it leaves", {}, "unprepared:leave", "unprepared.py:4: SystemExit: 3"},
  };
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      plughost::python::PoolSettings settings = pool_settings(1);
      settings.name = "ml";
      settings.import_paths.push_back(folder.file(""));
      settings.preload = row.preload;
      settings.start = row.start;
      PoolRun run(settings);

      const std::string error = start_error(run);

      BOOST_TEST(has(error, " of 'ml' cannot start: "), error);
      BOOST_TEST(has(error, row.says), error);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_missing_worker_module) {
  plughost::python::PoolSettings settings = pool_settings(1);
  settings.worker_module = "/nowhere/plughost_core.so";
  PoolRun run(settings);

  const std::string error = start_error(run);

  BOOST_TEST(has(error, "/nowhere/plughost_core.so"), error);
}

BOOST_AUTO_TEST_CASE(answers_503_for_a_target_that_a_new_worker_cannot_import) {
  const Folder folder;
  ::setenv("POOL_TEST_BROKEN", folder.file("broken").c_str(), 1);
  PoolRun run(1);
  run.pool().add_route(run.route("pool_import_when_told:answer"));
  const pid_t old_server = fork_server();
  if (old_server != 0) ::kill(old_server, SIGKILL);  // the next one has the variable
  BOOST_TEST_REQUIRE(wait_until([&] { return fork_server() != old_server || old_server == 0; }));
  run.pool().start();
  folder.create("broken");

  ::kill(pool_workers().at(0), SIGKILL);
  BOOST_TEST(wait_until([&] { return !run.pool().health().empty(); }));
  BOOST_TEST(run.becomes_healthy());

  BOOST_TEST(run.call("pool_import_when_told:answer").status == 503u);
  BOOST_TEST(has(run.host().log_text(), "half-written file"));
  BOOST_TEST(run.call("pool_handlers:squares", "numbers=2").status == 200u);
  std::filesystem::remove(folder.file("broken"));
  BOOST_TEST(wait_until([&] { return run.call("pool_import_when_told:answer").status == 200; }));
}

BOOST_AUTO_TEST_CASE(kills_a_new_worker_that_does_not_come_up) {
  const Folder folder;
  std::ofstream(folder.file("waits_when_told.py"))
      << "import os, time\n"
      << "while os.path.exists('" << folder.file("wait") << "'):\n"
      << "    time.sleep(0.01)\n"
      << "def answer() -> dict:\n"
      << "    return {}\n";
  plughost::python::PoolSettings settings = pool_settings(1);
  settings.import_paths.push_back(folder.file(""));
  settings.start_limit = std::chrono::milliseconds(100);
  PoolRun run(settings);
  run.pool().add_route(run.route("waits_when_told:answer"));
  run.pool().start();
  folder.create("wait");

  ::kill(pool_workers().at(0), SIGKILL);

  BOOST_TEST(wait_until([&] { return has(run.host().log_text(), "it took too long to start"); }));
  std::filesystem::remove(folder.file("wait"));
  BOOST_TEST(run.becomes_healthy());
  BOOST_TEST(run.call("waits_when_told:answer").status == 200u);
}

BOOST_AUTO_TEST_CASE(ends_a_new_worker_whose_executor_breaks) {
  const Folder folder;
  // Kept alive by a thread, the process outlives what the executor needs of it.
  std::ofstream(folder.file("breaks_when_told.py"))
      << "import os, sys, time\n"
      << "if os.path.exists('" << folder.file("break") << "'):\n"
      << "    frame = sys._getframe()\n"
      << "    while 'result_queue' not in frame.f_locals:\n"
      << "        frame = frame.f_back\n"
      << "    frame.f_locals['result_queue']._writer.send_bytes(b'nonsense')\n"
      << "    time.sleep(3600)\n"
      << "def answer() -> dict:\n"
      << "    return {}\n";
  plughost::python::PoolSettings settings = pool_settings(1);
  settings.import_paths.push_back(folder.file(""));
  PoolRun run(settings);
  run.pool().add_route(run.route("breaks_when_told:answer"));
  run.pool().start();
  folder.create("break");

  ::kill(pool_workers().at(0), SIGKILL);

  BOOST_TEST(wait_until([&] { return has(run.host().log_text(), "its executor broke"); }));
  std::filesystem::remove(folder.file("break"));
  BOOST_TEST(run.becomes_healthy());
}

BOOST_AUTO_TEST_CASE(refuses_requests_when_no_worker_starts) {
  plughost::python::PoolSettings settings = pool_settings(1);
  const Folder folder;
  std::filesystem::copy(settings.worker_module, folder.file("module.so"));
  settings.worker_module = folder.file("module.so");
  PoolRun run(settings);
  run.pool().start();
  std::filesystem::remove(folder.file("module.so"));

  ::kill(pool_workers().at(0), SIGKILL);
  const FakeAnswer answer = run.call("pool_handlers:squares", "numbers=2");

  BOOST_TEST(answer.status == 503u);
  BOOST_TEST(has(run.host().log_text(), "module.so"), run.host().log_text());
  BOOST_TEST(!run.pool().health().empty());
}

BOOST_AUTO_TEST_CASE(imports_a_route_that_was_not_announced) {
  PoolRun run(1);
  run.pool().start();

  BOOST_TEST(run.call("pool_handlers:pid").status == 200u);
}

BOOST_AUTO_TEST_CASE(learns_of_unannounced_routes_in_order_under_load) {
  PoolRun run(1);
  run.pool().start();
  for (int i = 0; i < 50; ++i) run.call("pool_handlers:squares", "numbers=1");

  std::vector<ph_req> tokens;
  std::list<plughost::python::RouteTarget> routes;
  const FakeRequest request;
  for (ph_req i = 0; i < 400; ++i) {
    plughost::python::RouteTarget& target = routes.emplace_back();
    target.spec = "pool_handlers:pid";
    target.params = {"route" + std::to_string(i)};
    tokens.push_back(1'000'000 + i);
    BOOST_TEST_REQUIRE(run.pool().submit({tokens.back(), request.head(), &target}));
    run.send("pool_handlers:squares", "numbers=1");
  }

  BOOST_TEST(run.pool().drain(in_ms(30'000)));
  for (const ph_req token : tokens) BOOST_TEST(run.answer(token).status != 502u);
  BOOST_TEST(!has(run.host().log_text(), " ended "), run.host().log_text());
}

BOOST_AUTO_TEST_SUITE_END()
