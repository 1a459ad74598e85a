// What a client sees of the pool while nothing goes wrong.
#include <boost/test/unit_test.hpp>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

std::string header(const FakeAnswer& answer, const std::string& name) {
  for (const auto& [key, value] : answer.headers) {
    if (key == name) return value;
  }
  return {};
}

struct Started : PoolRun {
  Started() { pool().start(); }
  Folder folder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_pool_serve, Started)

BOOST_AUTO_TEST_CASE(answers_from_another_process) {
  const FakeAnswer answer = call("pool_handlers:pid");

  BOOST_TEST(answer.status == 200u);
  BOOST_TEST(answer.body.find(std::to_string(::getpid())) == std::string::npos);
}

BOOST_AUTO_TEST_CASE(answers_many_requests_once_each) {
  constexpr unsigned kRequests = 500;
  std::vector<ph_req> tokens;
  for (unsigned i = 0; i < kRequests; ++i) {
    tokens.push_back(send("pool_handlers:squares", "numbers=" + std::to_string(i)));
  }

  BOOST_TEST_REQUIRE(host().wait_for_answers(kRequests));

  const auto answers = host().answers();
  for (unsigned i = 0; i < kRequests; ++i) {
    const FakeAnswer& answer = answers.at(tokens[i]);
    BOOST_TEST(answer.times == 1u);
    BOOST_TEST(answer.body == "{\"squares\":[" + std::to_string(i * i) + "]}");
  }
}

BOOST_AUTO_TEST_CASE(carries_integers_of_any_size) {
  const std::string number(60, '9');

  const FakeAnswer answer = call("pool_handlers:squares", "", R"({"numbers": [)" + number + "]}");

  BOOST_TEST(answer.body ==
             R"({"squares":[)" + std::string(59, '9') + "8" + std::string(59, '0') + "1]}");
}

BOOST_AUTO_TEST_CASE(names_a_bad_parameter) {
  const FakeAnswer answer = call("pool_handlers:squares", "numbers=1,x");

  BOOST_TEST(answer.status == 422u);
  BOOST_TEST(answer.body.find("numbers") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(copies_the_request) {
  FakeRequest request("colour=blue", "the body");
  request.with_params({{"name", "value"}});
  ph_req_head head = *request.head();
  const ph_header headers[] = {{view("accept"), view("text/plain")}};
  head.headers = headers;
  head.n_headers = 1;

  const FakeAnswer answer = this->answer(send(route("pool_handlers:copy", {"name"}), &head));

  BOOST_TEST(answer.status == 200u);
  const char* const expected[] = {R"("method":"POST")",       R"("path":"/test")",
                                  R"("accept":"text/plain")", R"("colour":"blue")",
                                  R"("name":"value")",        R"("body":"the body")",
                                  R"("cancelled":false)"};
  for (const std::string part : expected) {
    BOOST_TEST(answer.body.find(part) != std::string::npos, part << " in " << answer.body);
  }
}

BOOST_AUTO_TEST_CASE(brings_http_errors_back) {
  const FakeAnswer answer = call("pool_handlers:teapot");

  BOOST_TEST(answer.status == 418u);
  BOOST_TEST(answer.body.find("short and stout") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(brings_responses_back) {
  const FakeAnswer answer = call("pool_handlers:created");

  BOOST_TEST(answer.status == 201u);
  BOOST_TEST(answer.body == "made");
  BOOST_TEST(header(answer, "x-made-by") == "worker");
}

BOOST_AUTO_TEST_CASE(logs_a_traceback_and_answers_500) {
  const FakeAnswer answer = call("pool_handlers:broken");

  BOOST_TEST(answer.status == 500u);
  BOOST_TEST(answer.body.find("nobody expects") == std::string::npos);
  BOOST_TEST(host().log_text().find("nobody expects this") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(carries_bodies_larger_than_a_pipe) {
  constexpr std::size_t kSize = 3'000'000;

  BOOST_TEST(call("pool_handlers:length", "", std::string(kSize, 'x')).body ==
             R"({"length":3000000})");
  BOOST_TEST(call("pool_handlers:large", "size=3000000").body.size() == kSize);
}

BOOST_AUTO_TEST_CASE(runs_slow_requests_side_by_side) {
  const ph_req first = send("pool_handlers:hold",
                            "started=" + folder.file("first") + "&gate=" + folder.file("gate"));
  const ph_req second = send("pool_handlers:hold",
                             "started=" + folder.file("second") + "&gate=" + folder.file("gate"));

  BOOST_TEST(folder.wait_for_pid("first") != folder.wait_for_pid("second"));
  folder.create("gate");

  BOOST_TEST(answer(first).status == 200u);
  BOOST_TEST(answer(second).status == 200u);
}

BOOST_AUTO_TEST_CASE(drops_what_waits_beyond_its_deadline) {
  std::vector<ph_req> holding;
  for (const std::string name : {"a", "b"}) {
    holding.push_back(send("pool_handlers:hold",
                           "started=" + folder.file(name) + "&gate=" + folder.file("gate")));
    folder.wait_for_pid(name);
  }
  const std::string log = folder.file("log");

  const ph_req late = send("pool_handlers:append", "log=" + log + "&line=1", "", in_ms(20));
  const unsigned status = answer(late).status;
  folder.create("gate");
  for (const ph_req token : holding) answer(token);

  BOOST_TEST(status == 504u);
  BOOST_TEST(!std::filesystem::exists(log));
}

BOOST_AUTO_TEST_CASE(answers_what_waited_for_a_client_that_has_half_closed) {
  std::vector<ph_req> holding;
  for (const std::string name : {"a", "b"}) {
    holding.push_back(send("pool_handlers:hold",
                           "started=" + folder.file(name) + "&gate=" + folder.file("gate")));
    folder.wait_for_pid(name);
  }
  const std::string log = folder.file("log");

  const ph_req half_closed = send("pool_handlers:append", "log=" + log + "&line=1");
  host().cancel(half_closed);
  folder.create("gate");
  for (const ph_req token : holding) answer(token);

  BOOST_TEST(answer(half_closed).status == 200u);
  BOOST_TEST(std::filesystem::exists(log));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(python_pool_queue)

BOOST_AUTO_TEST_CASE(refuses_when_full) {
  plughost::python::PoolSettings settings = pool_settings(1);
  settings.queue = 3;
  PoolRun run(settings);
  run.pool().start();
  const Folder folder;
  const std::string query = "started=" + folder.file("x") + "&gate=" + folder.file("gate");
  std::vector<ph_req> taken;
  for (int i = 0; i < 3; ++i) taken.push_back(run.send("pool_handlers:hold", query));

  const ph_req refused = run.send("pool_handlers:hold", query);
  folder.create("gate");

  BOOST_TEST(refused == 0u);
  for (const ph_req token : taken) BOOST_TEST(run.answer(token).status == 200u);
}

BOOST_AUTO_TEST_CASE(holds_waiting_requests_without_threads) {
  PoolRun run(1);
  run.pool().start();
  const Folder folder;
  run.send("pool_handlers:hold", "started=" + folder.file("x") + "&gate=" + folder.file("gate"));
  folder.wait_for_pid("x");
  const auto threads = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                         std::filesystem::directory_iterator());
  };

  const auto before = threads();
  for (int i = 0; i < 2000; ++i) run.send("pool_handlers:squares", "numbers=1");
  const auto during = threads();
  folder.create("gate");

  BOOST_TEST(during == before);
  BOOST_TEST(run.host().wait_for_answers(2001));
}

BOOST_AUTO_TEST_SUITE_END()
