#include "http/sha1.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace plughost::http {
namespace {

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto digest = sha1(bytes);
  std::string out;
  for (const auto byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_sha1)

// FIPS 180 examples; RFC 3174 section 7.3.
BOOST_AUTO_TEST_CASE(gives_the_digests_of_the_standard) {
  BOOST_TEST(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  BOOST_TEST(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  BOOST_TEST(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
             "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  BOOST_TEST(hex(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}

BOOST_AUTO_TEST_CASE(pads_around_the_end_of_a_block) {
  BOOST_TEST(hex(std::string(55, 'a')) == "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  BOOST_TEST(hex(std::string(56, 'a')) == "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  BOOST_TEST(hex(std::string(63, 'a')) == "03f09f5b158a7a8cdad920bddc29b81c18a551f5");
  BOOST_TEST(hex(std::string(64, 'a')) == "0098ba824b5c16427bd7a1122a5a442a25ec644d");
  BOOST_TEST(hex(std::string(65, 'a')) == "11655326c708d70319be2610e8a57d9a5b959d3b");
}

// RFC 4648 section 10.
BOOST_AUTO_TEST_CASE(encodes_base64_with_padding) {
  BOOST_TEST(base64("") == "");
  BOOST_TEST(base64("f") == "Zg==");
  BOOST_TEST(base64("fo") == "Zm8=");
  BOOST_TEST(base64("foo") == "Zm9v");
  BOOST_TEST(base64("foobar") == "Zm9vYmFy");
  BOOST_TEST(base64("\xFB\xFF\xFE") == "+//+");
}

BOOST_AUTO_TEST_CASE(recognises_base64_of_a_size) {
  BOOST_TEST(is_base64_of("dGhlIHNhbXBsZSBub25jZQ==", 16u));
  BOOST_TEST(is_base64_of("Zm9v", 3u));
  BOOST_TEST(is_base64_of("", 0u));
  BOOST_TEST(!is_base64_of("", 16u));
  BOOST_TEST(!is_base64_of("dGhlIHNhbXBsZSBub25jZQ=", 16u));
  BOOST_TEST(!is_base64_of("dGhlIHNhbXBsZSBub25jZQ===", 16u));
  BOOST_TEST(!is_base64_of("dGhlIHNhbXBsZSBub25jZQ=a", 16u));
  BOOST_TEST(!is_base64_of("dGhlIHNhbXBsZSBub25jZR==", 16u));  // a bit that belongs to no byte
  BOOST_TEST(!is_base64_of("dGhlIHNhbXBsZSBub25jZ-==", 16u));
  BOOST_TEST(!is_base64_of("dGhlIHNhbXBsZSBub25jZQAA", 16u));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
