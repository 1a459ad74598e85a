#include "http/websocket_handshake.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "unit/http/reading.hpp"

namespace plughost::http::websocket {
namespace {

constexpr std::string_view kStart = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\n";
constexpr std::string_view kUpgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
constexpr std::string_view kKey = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
constexpr std::string_view kVersionLine = "Sec-WebSocket-Version: 13\r\n";

std::string join(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) text += part;
  return text + "\r\n";
}

std::string with(std::string_view lines) {
  return join({kStart, kUpgrade, kKey, kVersionLine, lines});
}

/// A request that the HTTP parser has read.
struct Asked {
  explicit Asked(const std::string& wire) {
    BOOST_REQUIRE(reading.feed(wire) == ParseStatus::complete);
    BOOST_TEST(reading.message().asks_for_websocket);
    verdict = judge_handshake(reading.message());
  }
  Reading reading;
  HandshakeVerdict verdict;
};

struct Row {
  std::string_view name;
  std::string wire;
  unsigned status;
  std::string_view word;  ///< of the detail
};

const Row kBad[] = {
    {"POST", join({"POST / HTTP/1.1\r\nHost: h\r\n", kUpgrade, kKey, kVersionLine}), 400, "GET"},
    {"a body", with("Content-Length: 2\r\n") + "{}", 400, "no body"},
    {"a chunked body", with("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400, "no body"},
    {"no Connection", join({kStart, "Upgrade: websocket\r\n", kKey, kVersionLine}), 400, "proxy"},
    {"Connection without upgrade",
     join({kStart, "Upgrade: websocket\r\nConnection: keep-alive\r\n", kKey, kVersionLine}), 400,
     "proxy"},
    {"no version", join({kStart, kUpgrade, kKey}), 426, "version 13"},
    {"an old version", join({kStart, kUpgrade, kKey, "Sec-WebSocket-Version: 8\r\n"}), 426, "'8'"},
    {"a list of versions", join({kStart, kUpgrade, kKey, "Sec-WebSocket-Version: 13, 8\r\n"}), 426,
     "'13, 8'"},
    {"two versions", with(kVersionLine), 400, "more than one"},
    {"no key", join({kStart, kUpgrade, kVersionLine}), 400, "Sec-WebSocket-Key"},
    {"two keys", with(kKey), 400, "one Sec-WebSocket-Key"},
    {"a short key", join({kStart, kUpgrade, kVersionLine, "Sec-WebSocket-Key: Zm9v\r\n"}), 400,
     "16 bytes"},
    {"a key that is no base64",
     join({kStart, kUpgrade, kVersionLine, "Sec-WebSocket-Key: ????????????????????????\r\n"}), 400,
     "16 bytes"},
    {"a protocol that is no token", with("Sec-WebSocket-Protocol: a, b c\r\n"), 400, "'b c'"},
    {"a protocol named twice", with("Sec-WebSocket-Protocol: a, b, a\r\n"), 400, "twice"},
    {"broken extensions", with("Sec-WebSocket-Extensions: a;\r\n"), 400, "extensions"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_handshake)

// RFC 6455 section 1.3.
BOOST_AUTO_TEST_CASE(computes_the_accept_value_of_the_standard) {
  BOOST_TEST(accept_value("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

BOOST_AUTO_TEST_CASE(takes_a_good_handshake) {
  const Asked asked(with("Sec-WebSocket-Protocol: chat, superchat\r\n"));

  BOOST_TEST(!asked.verdict.refusal);
  BOOST_TEST(asked.verdict.handshake.key == "dGhlIHNhbXBsZSBub25jZQ==");
  BOOST_TEST(asked.verdict.handshake.offers("superchat"));
  BOOST_TEST(!asked.verdict.handshake.offers("super"));
  BOOST_TEST(asked.verdict.handshake.protocols.front() == "chat");
  BOOST_TEST(!asked.verdict.handshake.deflate);
}

BOOST_AUTO_TEST_CASE(takes_names_and_tokens_in_any_case_and_among_others) {
  const Asked asked(
      join({"GET / HTTP/1.1\r\nHOST: h\r\nUPGRADE: h2c, WebSocket\r\n"
            "CONNECTION: keep-alive\r\nconnection: x, UPGRADE\r\n",
            kKey, kVersionLine}));

  BOOST_TEST(!asked.verdict.refusal);
}

BOOST_AUTO_TEST_CASE(joins_several_lines_of_protocols_and_extensions) {
  const Asked asked(
      with("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n"
           "Sec-WebSocket-Extensions: x\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"));

  BOOST_TEST(asked.verdict.handshake.offers("b"));
  BOOST_TEST(asked.verdict.handshake.deflate.has_value());
}

BOOST_AUTO_TEST_CASE(refuses_a_bad_handshake) {
  for (const Row& row : kBad) {
    BOOST_TEST_CONTEXT(row.name) {
      const Asked asked(row.wire);

      BOOST_REQUIRE(asked.verdict.refusal.has_value());
      BOOST_TEST(asked.verdict.refusal->status == row.status);
      BOOST_TEST_INFO(asked.verdict.refusal->detail);
      BOOST_TEST(asked.verdict.refusal->detail.find(row.word) != std::string::npos);
    }
  }
}

BOOST_AUTO_TEST_CASE(sees_when_nobody_asks) {
  for (const std::string_view wire :
       {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n",
        "GET / HTTP/1.0\r\nHost: h\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"}) {
    Reading reading;
    reading.feed(wire);
    BOOST_TEST(!reading.message().asks_for_websocket, wire);
  }
}

BOOST_AUTO_TEST_CASE(leaves_bytes_behind_the_handshake_alone) {
  Reading reading;
  const std::string wire = with("");

  reading.feed(wire + "\x81\x85");

  BOOST_TEST(reading.status() == ParseStatus::complete);
  BOOST_TEST(reading.consumed() == wire.size());
}

BOOST_AUTO_TEST_CASE(writes_the_acceptance) {
  const Asked asked(with("Sec-WebSocket-Extensions: permessage-deflate\r\n"));
  HeaderLines headers;
  headers.append("Set-Cookie", "a=b");
  std::string out;

  write_acceptance(out, asked.verdict.handshake, "chat", headers);

  BOOST_TEST(out ==
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
             "Sec-WebSocket-Protocol: chat\r\n"
             "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=12\r\n"
             "Set-Cookie: a=b\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(writes_no_line_for_what_was_not_agreed) {
  const Asked asked(with(""));
  std::string out;

  write_acceptance(out, asked.verdict.handshake, "", {});

  BOOST_TEST(out.find("Protocol:") == std::string::npos);
  BOOST_TEST(out.find("Extensions:") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(knows_the_fields_that_are_the_hosts) {
  BOOST_TEST(is_handshake_field("Sec-WebSocket-Accept"));
  BOOST_TEST(is_handshake_field("SEC-WEBSOCKET-PROTOCOL"));
  BOOST_TEST(!is_handshake_field("Sec-WebSocket"));
  BOOST_TEST(!is_handshake_field("Set-Cookie"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http::websocket
