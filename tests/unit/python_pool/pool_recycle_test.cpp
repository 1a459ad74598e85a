// Workers that are replaced because they have done enough.
#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <set>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

plughost::python::PoolSettings recycling(unsigned workers, plughost::python::Recycle recycle) {
  plughost::python::PoolSettings settings = pool_settings(workers);
  settings.recycle = recycle;
  return settings;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool is_another(const std::vector<pid_t>& workers, pid_t before) {
  return workers.size() == 1 && workers.front() != before;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_pool_recycle)

BOOST_AUTO_TEST_CASE(replaces_workers_after_a_number_of_tasks) {
  PoolRun run(recycling(2, {20, 0, {}}));
  run.pool().start();
  std::set<std::string> seen;

  for (int i = 0; i < 500 || seen.size() < 6; ++i) {
    BOOST_TEST_REQUIRE(i < 100'000);
    const FakeAnswer answer = run.call("pool_handlers:pid");
    BOOST_TEST_REQUIRE(answer.status == 200u);
    seen.insert(answer.body);
    BOOST_TEST(run.pool().health() == "");
  }

  BOOST_TEST(wait_until([] { return pool_workers().size() == 2u; }));
  const std::string log = run.host().log_text();
  BOOST_TEST(has(log, " has retired: it had done "), log);
  BOOST_TEST(!has(log, " ended "), log);
}

BOOST_AUTO_TEST_CASE(loses_nothing_under_load) {
  PoolRun run(recycling(2, {50, 0, {}}));
  run.pool().start();

  for (int round = 0; round < 10; ++round) {
    std::vector<ph_req> tokens;
    for (int i = 0; i < 400; ++i) tokens.push_back(run.send("pool_handlers:squares", "numbers=3"));
    for (const ph_req token : tokens) BOOST_TEST_REQUIRE(run.answer(token).status == 200u);
  }

  BOOST_TEST(wait_until([&] { return has(run.host().log_text(), " has retired: "); }));
  BOOST_TEST(wait_until([] { return pool_workers().size() == 2u; }));
  BOOST_TEST(!has(run.host().log_text(), " ended "));
}

BOOST_AUTO_TEST_CASE(lets_the_old_one_finish) {
  const Folder folder;
  PoolRun run(recycling(1, {0, 0, std::chrono::milliseconds(200)}));
  run.pool().start();
  const ph_req held = run.send(
      "pool_handlers:hold", "started=" + folder.file("started") + "&gate=" + folder.file("gate"));
  const pid_t old = folder.wait_for_pid("started");

  // The next one answers while the old one is in its handler still.
  BOOST_TEST(run.call("pool_handlers:squares", "numbers=2").body == R"({"squares":[4]})");
  folder.create("gate");

  BOOST_TEST(run.answer(held).status == 200u);
  BOOST_TEST(wait_until([old] { return is_another(pool_workers(), old); }));
}

BOOST_AUTO_TEST_CASE(replaces_an_idle_worker_at_its_age) {
  PoolRun run(recycling(1, {0, 0, std::chrono::milliseconds(100)}));
  run.pool().start();
  const pid_t old = pool_workers().at(0);

  BOOST_TEST(wait_until([old] { return is_another(pool_workers(), old); }));
  BOOST_TEST(wait_until([&] { return has(run.host().log_text(), "it had reached its age"); }));
}

BOOST_AUTO_TEST_CASE(replaces_a_worker_that_has_grown) {
  PoolRun run(recycling(1, {0, 150u << 20, {}}));
  run.pool().start();
  const pid_t old = pool_workers().at(0);

  BOOST_TEST(run.call("pool_handlers:grow", "mib=200").status == 200u);

  BOOST_TEST(wait_until([old] { return is_another(pool_workers(), old); }));
  BOOST_TEST(wait_until([&] { return has(run.host().log_text(), "it had grown to 2"); }),
             run.host().log_text());
}

BOOST_AUTO_TEST_CASE(keeps_the_old_one_while_no_new_one_starts) {
  const Folder folder;
  std::ofstream(folder.file("fails_when_told.py"))
      << "import os\n"
      << "def load():\n"
      << "    if os.path.exists('" << folder.file("broken") << "'):\n"
      << "        raise ValueError('no weights')\n";
  auto settings = recycling(1, {0, 0, std::chrono::milliseconds(300)});
  settings.import_paths.push_back(folder.file(""));
  settings.start = "fails_when_told:load";
  PoolRun run(settings);
  run.pool().start();
  folder.create("broken");

  BOOST_TEST(wait_until([&] { return has(run.host().log_text(), "ValueError: no weights"); }));
  BOOST_TEST(run.pool().health() == "");
  BOOST_TEST(run.call("pool_handlers:squares", "numbers=2").status == 200u);
  const pid_t old = pool_workers().at(0);
  std::filesystem::remove(folder.file("broken"));

  BOOST_TEST(wait_until([old] { return is_another(pool_workers(), old); }));
}

BOOST_AUTO_TEST_CASE(needs_no_third_worker_when_the_old_one_dies_meanwhile) {
  const Folder folder;
  std::ofstream(folder.file("waits_when_told.py"))
      << "import os, time\n"
      << "def load():\n"
      << "    if os.path.exists('" << folder.file("wait") << "'):\n"
      << "        open('" << folder.file("waiting") << "', 'a').write('x')\n"
      << "    while os.path.exists('" << folder.file("wait") << "'):\n"
      << "        time.sleep(0.01)\n";
  auto settings = recycling(1, {0, 0, std::chrono::milliseconds(3000)});
  settings.import_paths.push_back(folder.file(""));
  settings.start = "waits_when_told:load";
  PoolRun run(settings);
  run.pool().start();
  const pid_t old = pool_workers().at(0);
  folder.create("wait");
  BOOST_TEST_REQUIRE(wait_until([&] { return folder.read("waiting") == "x"; }));

  ::kill(old, SIGKILL);
  BOOST_TEST(wait_until([&] { return !run.pool().health().empty(); }));
  const ph_req waiting = run.send("pool_handlers:squares", "numbers=2");
  std::filesystem::remove(folder.file("wait"));

  BOOST_TEST(run.answer(waiting).status == 200u);
  BOOST_TEST(folder.read("waiting") == "x");
  BOOST_TEST(run.becomes_healthy());
}

BOOST_AUTO_TEST_SUITE_END()
