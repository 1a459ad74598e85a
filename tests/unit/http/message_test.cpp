#include "http/message.hpp"

#include <boost/test/unit_test.hpp>

namespace plughost::http {
namespace {

constexpr std::size_t kKept = 16 * 1024;

}  // namespace

BOOST_AUTO_TEST_SUITE(http_message)

BOOST_AUTO_TEST_CASE(finds_the_first_header_of_a_name) {
  RequestMessage message;
  message.headers = {{"accept", "a"}, {"x-tag", "1"}, {"x-tag", "2"}};

  BOOST_TEST(message.header("x-tag") == "1");
  BOOST_TEST(message.header("x-other").empty());
}

BOOST_AUTO_TEST_CASE(clears_to_a_new_message) {
  RequestMessage message;
  message.bytes = "GET";
  message.method = message.bytes;
  message.headers = {{"a", "b"}};
  message.body = "body";
  message.content_length = 4;
  message.minor_version = 0;
  message.keep_alive = false;
  message.chunked = true;
  message.expects_continue = true;

  message.clear();

  BOOST_TEST(message.method.empty());
  BOOST_TEST(message.headers.empty());
  BOOST_TEST(message.body.empty());
  BOOST_TEST(message.bytes.empty());
  BOOST_TEST(message.content_length == kUnknownLength);
  BOOST_TEST(message.minor_version == 1u);
  BOOST_TEST(message.keep_alive);
  BOOST_TEST(!message.chunked);
  BOOST_TEST(!message.expects_continue);
}

BOOST_AUTO_TEST_CASE(keeps_the_memory_of_small_buffers) {
  RequestMessage message;
  message.bytes.reserve(1000);
  message.body.reserve(1000);
  message.headers.reserve(20);

  message.clear();

  BOOST_TEST(message.bytes.capacity() >= 1000u);
  BOOST_TEST(message.body.capacity() >= 1000u);
  BOOST_TEST(message.headers.capacity() >= 20u);
}

BOOST_AUTO_TEST_CASE(gives_the_memory_of_large_buffers_back) {
  RequestMessage message;
  message.bytes.reserve(kKept + 1);
  message.body.reserve(1 << 20);
  message.headers.reserve(10'000);

  message.clear();

  BOOST_TEST(message.bytes.capacity() <= kKept);
  BOOST_TEST(message.body.capacity() <= kKept);
  BOOST_TEST(message.headers.capacity() * sizeof(HeaderField) <= kKept);
}

BOOST_AUTO_TEST_CASE(copies_what_an_answer_of_the_host_depends_on) {
  RequestMessage copy;
  {
    RequestMessage original;
    original.method = "GET";
    original.raw_path = "/a";
    original.minor_version = 0;
    original.keep_alive = false;
    original.headers = {{"accept", "x"}, {"x-request-id", "7"}, {"origin", "https://x.de"}};

    copy.copy_outline(original);
  }

  BOOST_TEST(copy.method == "GET");
  BOOST_TEST(copy.raw_path == "/a");
  BOOST_TEST(copy.minor_version == 0u);
  BOOST_TEST(!copy.keep_alive);
  BOOST_TEST(copy.header("origin") == "https://x.de");
  BOOST_TEST(copy.header("x-request-id") == "7");
  BOOST_TEST(copy.headers.size() == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
