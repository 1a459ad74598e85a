#include <boost/test/unit_test.hpp>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include "support/plugin_instance.hpp"

using plughost::test::Answer;
using plughost::test::FakeHost;
using plughost::test::FakeRequest;
using plughost::test::load_entry;
using plughost::test::PluginInstance;

namespace {

const ph_entry* native() {
  static const ph_entry* const entry = load_entry(PLUGHOST_NATIVE_PLUGIN);
  return entry;
}

struct Native {
  FakeHost host;
  PluginInstance plugin{native(), host};
};

FakeRequest post(std::string body) {
  FakeRequest request;
  request.method = "POST";
  request.body = std::move(body);
  return request;
}

std::string nested(std::size_t levels) {
  std::string text = R"({"a":)";
  text.append(levels - 1, '[').append("1").append(levels - 1, ']');
  return text + "}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(abi_native)

BOOST_AUTO_TEST_CASE(hello_answers_the_message_and_the_time) {
  Native t;
  const ph_handler hello = t.plugin.bind("hello");
  FakeRequest request;
  const std::time_t before = std::time(nullptr);

  const ph_req token = t.plugin.handle(hello, request);

  BOOST_TEST_REQUIRE(t.plugin.status() == PH_OK);
  const Answer answer = t.host.answer(token).value();
  const std::string head = R"({"message":"Hello from C++","timestamp":)";
  BOOST_TEST(answer.status == 200U);
  BOOST_TEST(answer.header("content-type").value() == "application/json");
  BOOST_TEST_REQUIRE(answer.body.substr(0, head.size()) == head);
  BOOST_TEST(answer.body.back() == '}');
  const long long timestamp = std::stoll(answer.body.substr(head.size()));
  BOOST_TEST(timestamp >= before);
  BOOST_TEST(timestamp <= std::time(nullptr));
}

BOOST_AUTO_TEST_CASE(both_handlers_are_flagged_nonblocking) {
  Native t;

  BOOST_TEST(t.plugin.bind("hello").flags == PH_HF_NONBLOCKING);
  BOOST_TEST(t.plugin.bind("echo").flags == PH_HF_NONBLOCKING);
}

BOOST_AUTO_TEST_CASE(echo_returns_the_object_as_it_was_spelt) {
  struct Row {
    const char* name;
    std::string body;
  };
  const std::vector<Row> rows = {
      {"empty object", "{}"},
      {"nested values", R"({"a":[1,{"b":null}],"c":true,"d":false,"e":"x"})"},
      {"integer beyond 64 bits", R"({"n":123456789012345678901234567890})"},
      {"integer of 400 digits", R"({"n":)" + std::string(400, '9') + "}"},
      {"negative integer of 400 digits", R"({"n":-)" + std::string(400, '9') + "}"},
      {"exponent beyond a double", R"({"n":1e400,"m":-2.5E+99999,"o":7e-99999999999})"},
      {"fraction of 400 digits", R"({"n":0.)" + std::string(400, '3') + R"(,"m":1e999})"},
      {"long number beside a string like one", R"({"1e400":"1e400 \" 2e9999","n":1e400})"},
      {"number spelling", R"({"a":1.0,"b":1.10,"c":1E2,"d":-0,"e":-0.0e+00})"},
      {"repeated keys", R"({"a":1,"a":2})"},
      {"escapes", R"({"a":"\u00e9\ud83d\ude00\n\/\"\\"})"},
      {"escaped backslash before u", R"({"a":"\\udc00"})"},
      {"UTF-8 of every length", "{\"\xC3\xA9\":\"\xE2\x82\xAC \xF0\x9F\x98\x80\"}"},
      {"empty key", R"({"":0})"},
      {"white space around", " \r\n\t{ \"a\" : 1 }\n"},
      {"128 levels", nested(128)},
      {"a body the host is lent", R"({"a":")" + std::string(100'000, 'x') + R"("})"},
  };
  Native t;
  const ph_handler echo = t.plugin.bind("echo");

  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      FakeRequest request = post(row.body);
      const ph_req token = t.plugin.handle(echo, request);

      BOOST_TEST_REQUIRE(t.plugin.status() == PH_OK);
      const Answer answer = t.host.answer(token).value();
      BOOST_TEST(answer.status == 200U);
      BOOST_TEST(answer.header("content-type").value() == "application/json");
      BOOST_TEST(answer.body == R"({"echo":)" + row.body + R"(,"source":"native"})");
    }
  }
}

BOOST_AUTO_TEST_CASE(echo_says_where_and_why_a_body_is_no_object) {
  struct Row {
    const char* name;
    std::string body;
    std::size_t byte;
    const char* reason;
  };
  const char* const kNoObject = "an object must start with '{'";
  const char* const kSurrogate = "an escaped surrogate is not paired";
  const char* const kNotUtf8 = "the text is not UTF-8";
  const std::vector<Row> rows = {
      {"nothing", "", 0, "the body holds no value"},
      {"white space only", " \n ", 3, "the body holds no value"},
      {"an array", "[1]", 0, kNoObject},
      {"a number", " 12", 1, kNoObject},
      {"a string", "\"x\"", 0, kNoObject},
      {"null", "null", 0, kNoObject},
      {"a byte order mark", "\xEF\xBB\xBF{}", 0, kNoObject},
      {"open object", "{", 1, "the body ends too early"},
      {"open string", "{\"a", 3, "the body ends too early"},
      {"open array", "{\"a\":[1", 7, "the body ends too early"},
      {"unquoted name", "{a:1}", 1, "a name in double quotes is expected"},
      {"trailing comma", R"({"a":1,})", 7, "a name in double quotes is expected"},
      {"no colon", R"({"a" 1})", 5, "a colon is expected after the name"},
      {"no value", R"({"a":})", 5, "a value is expected"},
      {"no comma", R"({"a":1 "b":2})", 7, "a comma or '}' is expected after a member"},
      {"no comma in array", R"({"a":[1 2]})", 8, "a comma or ']' is expected after an element"},
      {"leading zero", R"({"a":01})", 6, "a comma or '}' is expected after a member"},
      {"leading plus", R"({"a":+1})", 5, "a value is expected"},
      {"NaN", R"({"a":NaN})", 5, "a value is expected"},
      {"no fraction", R"({"a":1.})", 7, "a digit is expected after the decimal point"},
      {"no exponent", R"({"a":1e})", 7, "a digit is expected in the exponent"},
      {"fault behind a long number", R"({"a":1e400 "b"})", 11,
       "a comma or '}' is expected after a member"},
      {"something behind", "{} x", 3, "something follows the object"},
      {"two objects", "{}{}", 2, "something follows the object"},
      {"NUL behind", std::string("{}\0", 3), 2, "something follows the object"},
      {"NUL in a string", std::string("{\"a\0\"}", 6), 3,
       "a control character in a string must be escaped"},
      {"line feed in a string", "{\"a\n\":1}", 3,
       "a control character in a string must be escaped"},
      {"unknown escape", R"({"a":"\x"})", 6, "this escape does not exist"},
      {"short \\u", R"({"a":"\u12"})", 6, "\\u is not followed by four hexadecimal digits"},
      {"lone high surrogate", R"({"a":"\ud83d"})", 6, kSurrogate},
      {"high surrogate and no low one", R"({"a":"\ud83d\u0041"})", 6, kSurrogate},
      {"lone low surrogate", R"({"a":"x\uDC00"})", 7, kSurrogate},
      {"low surrogate behind a pair", R"({"a":"\ud83d\ude00\ude00"})", 18, kSurrogate},
      {"stray continuation byte", "{\"a\":\"\x80\"}", 6, kNotUtf8},
      {"overlong form", "{\"a\":\"\xC0\xAF\"}", 6, kNotUtf8},
      {"surrogate in UTF-8", "{\"a\":\"\xED\xA0\x80\"}", 6, kNotUtf8},
      {"beyond U+10FFFF", "{\"a\":\"\xF4\x90\x80\x80\"}", 6, kNotUtf8},
      {"cut sequence", "{\"a\":\"\xE2\x82\"}", 6, kNotUtf8},
      {"129 levels", nested(129), 132, "arrays and objects are nested deeper than 128 levels"},
      {"a million levels", nested(1'000'000), 132,
       "arrays and objects are nested deeper than 128 levels"},
  };
  Native t;
  const ph_handler echo = t.plugin.bind("echo");

  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      FakeRequest request = post(row.body);
      const ph_req token = t.plugin.handle(echo, request);

      BOOST_TEST(t.plugin.status() == PH_E_INVALID);
      BOOST_TEST(t.plugin.error().http_status == 400U);
      BOOST_TEST(!t.host.answer(token).has_value());
      BOOST_TEST(std::string(t.plugin.error().msg) == "the body is not a JSON object: at byte " +
                                                          std::to_string(row.byte) +
                                                          " (counted from 0) " + row.reason);
    }
  }
}

BOOST_AUTO_TEST_CASE(echo_refuses_an_object_cut_at_any_byte) {
  const std::string whole = R"({"a":[1.5e3,"\ud83d\ude00",true,null],"b":{"c":-0}})";
  Native t;
  const ph_handler echo = t.plugin.bind("echo");

  for (std::size_t length = 0; length < whole.size(); ++length) {
    FakeRequest request = post(whole.substr(0, length));
    t.plugin.handle(echo, request);
    BOOST_TEST(t.plugin.status() == PH_E_INVALID, "cut at " << length);
  }
}

BOOST_AUTO_TEST_CASE(serves_several_threads_at_once) {
  constexpr int kThreads = 4;
  constexpr int kRequests = 500;
  Native t;
  const ph_handler echo = t.plugin.bind("echo");
  std::vector<std::thread> threads;
  std::vector<int> right(kThreads, 0);

  for (int n = 0; n < kThreads; ++n) {
    threads.emplace_back([&, n] {
      for (int i = 0; i < kRequests; ++i) {
        FakeRequest request = post("{\"n\":" + std::to_string(n * kRequests + i) + "}");
        ph_error error = plughost::test::empty_error();
        const ph_req token = t.host.open();
        echo.handle(echo.ctx, token, request.head(), &error);
        const auto answer = t.host.answer(token);
        if (answer && answer->body.find(request.body) != std::string::npos) ++right[n];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  for (const int count : right) BOOST_TEST(count == kRequests);
}

BOOST_AUTO_TEST_CASE(refuses_a_handler_it_does_not_have) {
  Native t;

  t.plugin.bind("helo");

  BOOST_TEST(t.plugin.status() == PH_E_CONFIG);
  BOOST_TEST(std::string(t.plugin.error().msg) ==
             "no handler 'helo' in this plugin; it has echo, hello");
  BOOST_TEST(std::string(t.plugin.error().key).empty());
}

BOOST_AUTO_TEST_CASE(refuses_route_options) {
  Native t;

  t.plugin.bind("hello", R"({"mode":"pool"})");

  BOOST_TEST(t.plugin.status() == PH_E_CONFIG);
  BOOST_TEST(std::string(t.plugin.error().key) == "/mode");
}

BOOST_AUTO_TEST_CASE(refuses_plugin_configuration) {
  FakeHost host;

  const PluginInstance plugin(native(), host, R"({"threads":8})");

  BOOST_TEST(plugin.status() == PH_E_CONFIG);
  BOOST_TEST(std::string(plugin.error().key) == "/threads");
}

BOOST_AUTO_TEST_CASE(runs_through_a_whole_life) {
  Native t;
  ph_error error = plughost::test::empty_error();

  t.plugin.bind("hello");

  BOOST_TEST(t.plugin.api().start(t.plugin.raw(), &error) == PH_OK);
  BOOST_TEST(t.plugin.api().health(t.plugin.raw(), &error) == PH_OK);
  BOOST_TEST(t.plugin.api().drain(t.plugin.raw(), 0) == PH_OK);
  t.plugin.api().stop(t.plugin.raw());
}

BOOST_AUTO_TEST_SUITE_END()
