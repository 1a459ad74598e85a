#include "plugin/content_hash.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

using plughost::plugin::content_hash;

BOOST_AUTO_TEST_SUITE(plugin_content_hash)

BOOST_AUTO_TEST_CASE(is_32_hexadecimal_digits) {
  const auto hash = content_hash("plugin");

  BOOST_TEST(hash.size() == 32u);
  BOOST_TEST(hash.find_first_not_of("0123456789abcdef") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_the_same_for_the_same_bytes) {
  BOOST_TEST(content_hash(std::string(1000, 'x')) == content_hash(std::string(1000, 'x')));
}

BOOST_AUTO_TEST_CASE(differs_by_every_bit) {
  const std::string original(67, '\0');
  std::set<std::string> hashes{content_hash(original)};

  for (std::size_t bit = 0; bit < original.size() * 8; ++bit) {
    auto changed = original;
    changed[bit / 8] = static_cast<char>(1u << (bit % 8));
    hashes.insert(content_hash(changed));
  }

  BOOST_TEST(hashes.size() == original.size() * 8 + 1);
}

BOOST_AUTO_TEST_CASE(differs_by_trailing_zeros) {
  std::set<std::string> hashes;

  for (std::size_t length = 0; length < 64; ++length) {
    hashes.insert(content_hash(std::string(length, '\0')));
  }

  BOOST_TEST(hashes.size() == 64u);
}

BOOST_AUTO_TEST_SUITE_END()
