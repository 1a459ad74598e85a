#include "http/compression.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <utility>

#include "fields.hpp"

namespace plughost::http {
namespace {

using Fields = std::initializer_list<std::pair<const char*, const char*>>;

const CompressionPolicy kPolicy{{"zstd", "gzip"}};

HeaderLines answer_with(Fields fields) {
  HeaderLines lines;
  for (const auto& [name, value] : fields) lines.append(name, value);
  return lines;
}

std::string_view choose(HeaderLines& answer, unsigned status = 200, std::uint64_t length = 1000,
                        std::string_view accepted = "gzip") {
  return kPolicy.choose(RequestWith({{"accept-encoding", accepted}}), status, answer, length);
}

struct Row {
  const char* name;
  unsigned status;
  std::uint64_t length;
  Fields fields;
};

const Row kLeftAlone[] = {
    {"no content", 204, 0, {{"content-type", "text/plain"}}},
    {"reset", 205, 0, {{"content-type", "text/plain"}}},
    {"part", 206, 1000, {{"content-type", "text/plain"}}},
    {"range not satisfiable",
     416,
     1000,
     {{"content-type", "text/plain"}, {"content-range", "bytes */9"}}},
    {"small", 200, 255, {{"content-type", "text/plain"}}},
    {"type unknown", 200, 1000, {}},
    {"picture", 200, 1000, {{"content-type", "image/png"}}},
    {"event stream", 200, kUnknownLength, {{"content-type", "text/event-stream; charset=utf-8"}}},
    {"coded already", 200, 1000, {{"content-type", "text/css"}, {"Content-Encoding", "br"}}},
    {"not to be changed",
     200,
     1000,
     {{"content-type", "text/css"}, {"Cache-Control", "max-age=1, No-Transform"}}},
    {"not to be changed, second line",
     200,
     1000,
     {{"content-type", "text/css"},
      {"cache-control", "private=\"x\""},
      {"cache-control", "no-transform"}}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_compression)

BOOST_AUTO_TEST_CASE(chooses_what_the_client_takes) {
  for (const auto& [accepted, coding] : {std::pair("gzip", "gzip"),
                                         {"gzip, zstd", "zstd"},
                                         {"zstd;q=0.1, gzip", "gzip"},
                                         {"br", ""},
                                         {"", ""}}) {
    auto answer = answer_with({{"content-type", "application/json"}});

    BOOST_TEST(choose(answer, 200, 256, accepted) == coding);

    BOOST_TEST(answer.value("vary") == "accept-encoding");
  }
}

BOOST_AUTO_TEST_CASE(leaves_alone_what_would_not_gain) {
  for (const Row& row : kLeftAlone) {
    BOOST_TEST_CONTEXT(row.name) {
      auto answer = answer_with(row.fields);

      BOOST_TEST(choose(answer, row.status, row.length) == "");

      BOOST_TEST(!answer.contains("vary"));
    }
  }
}

BOOST_AUTO_TEST_CASE(encodes_failures_and_streams) {
  auto problem = answer_with({{"content-type", "application/problem+json"}});
  auto stream = answer_with({{"content-type", "text/html"}});

  BOOST_TEST(choose(problem, 500) == "gzip");
  BOOST_TEST(choose(stream, 200, kUnknownLength) == "gzip");
}

BOOST_AUTO_TEST_CASE(tells_once_what_the_answer_varies_with) {
  for (const char* vary : {"Origin, Accept-Encoding", "*"}) {
    auto answer = answer_with({{"content-type", "text/css"}, {"vary", vary}});
    const std::string before(answer.lines());

    choose(answer);

    BOOST_TEST(answer.lines() == before);
  }
  auto answer = answer_with({{"content-type", "text/css"}, {"vary", "Origin"}});
  choose(answer);
  BOOST_TEST(answer.lines() ==
             "content-type: text/css\r\nvary: Origin\r\nvary: accept-encoding\r\n");
}

BOOST_AUTO_TEST_CASE(gives_an_unchanged_answer_the_tag_that_the_whole_one_had) {
  auto taken = answer_with({{"etag", "\"a\""}});
  auto not_taken = answer_with({{"etag", "\"a\""}});

  BOOST_TEST(choose(taken, 304, 0) == "");
  BOOST_TEST(choose(not_taken, 304, 0, "br") == "");

  BOOST_TEST(taken.value("etag") == "W/\"a\"");
  BOOST_TEST(not_taken.value("etag") == "\"a\"");
  BOOST_TEST(not_taken.value("vary") == "accept-encoding");
}

BOOST_AUTO_TEST_CASE(marks_an_encoded_answer) {
  auto answer = answer_with({{"ETag", "\"a\""}, {"Accept-Ranges", "bytes"}, {"x", "y"}});
  auto weak = answer_with({{"etag", "W/\"a\""}});

  mark_encoded(answer, "gzip");
  mark_encoded(weak, "gzip");

  BOOST_TEST(answer.lines() == "x: y\r\ncontent-encoding: gzip\r\netag: W/\"a\"\r\n");
  BOOST_TEST(weak.value("etag") == "W/\"a\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
