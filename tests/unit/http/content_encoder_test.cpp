#include "http/content_encoder.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

#include "support/decoding.hpp"

namespace plughost::http {
namespace {

using Then = ContentEncoder::Then;
using test::decode;

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string text(std::size_t size) {
  std::string out;
  while (out.size() < size) out += "{\"number\":" + std::to_string(out.size()) + "},";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_content_encoder)

BOOST_AUTO_TEST_CASE(gives_what_a_receiver_decodes) {
  for (const std::string_view coding : content_codings()) {
    for (const std::string& body :
         {std::string(), std::string("a"), text(1000), text(3'000'000), noise(100'000)}) {
      BOOST_TEST_CONTEXT(coding << " of " << body.size() << " bytes") {
        std::string encoded;

        BOOST_TEST(ContentEncoder::make(coding)->encode(body, Then::finish, encoded));

        const auto decoded = decode(coding, encoded);
        BOOST_TEST(decoded.is_whole);
        BOOST_TEST((decoded.bytes == body));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(makes_text_much_smaller) {
  for (const std::string_view coding : content_codings()) {
    std::string encoded;

    shared_encoder(coding)->encode(text(100'000), Then::finish, encoded);

    BOOST_TEST(encoded.size() < 35'000u);
  }
}

BOOST_AUTO_TEST_CASE(can_be_decoded_as_far_as_it_was_flushed) {
  for (const std::string_view coding : content_codings()) {
    const auto encoder = ContentEncoder::make(coding);
    std::string encoded;
    std::string body;
    for (int i = 0; i < 20; ++i) {
      const std::string piece = text(static_cast<std::size_t>(i) * 500 + 1);
      body += piece;

      BOOST_TEST(encoder->encode(piece, Then::flush, encoded));

      BOOST_TEST((decode(coding, encoded).bytes == body));
    }
    BOOST_TEST(!decode(coding, encoded).is_whole);
    BOOST_TEST(encoder->encode({}, Then::finish, encoded));
    BOOST_TEST(decode(coding, encoded).is_whole);
  }
}

BOOST_AUTO_TEST_CASE(takes_a_body_in_pieces) {
  const std::string body = (text(50'000) + noise(50'000)).substr(0, 100'000);
  for (const std::string_view coding : content_codings()) {
    const auto encoder = ContentEncoder::make(coding);
    std::string encoded;
    for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(10'000)) {
      const auto then = rest.size() == 10'000 ? Then::finish : Then::go_on;
      BOOST_TEST(encoder->encode(rest.substr(0, 10'000), then, encoded));
      if (then == Then::finish) break;
    }

    BOOST_TEST((decode(coding, encoded).bytes == body));
  }
}

BOOST_AUTO_TEST_CASE(begins_anew_after_what_was_given_up) {
  for (const std::string_view coding : content_codings()) {
    std::string given_up;
    shared_encoder(coding)->encode(text(5'000), Then::go_on, given_up);
    std::string encoded;

    shared_encoder(coding)->encode("body", Then::finish, encoded);

    BOOST_TEST(decode(coding, encoded).bytes == "body");
    BOOST_TEST(decode(coding, encoded).is_whole);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
