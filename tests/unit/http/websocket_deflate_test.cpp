#include "http/websocket_deflate.hpp"

#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <string_view>

#include "unit/http/reading.hpp"

namespace plughost::http::websocket {
namespace {

using namespace std::string_view_literals;
using Status = Inflater::Status;

constexpr std::size_t kPlenty = 64 * 1024 * 1024;

std::string compressed(Deflater& deflater, std::string_view message) {
  std::string out;
  BOOST_REQUIRE(deflater.compress(message, out));
  return out;
}

std::string inflated(Inflater& inflater, std::string_view bytes) {
  std::string out;
  BOOST_REQUIRE((inflater.write(bytes, out, kPlenty) == Status::ok));
  BOOST_REQUIRE((inflater.finish(out, kPlenty) == Status::ok));
  return out;
}

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

/// The examples of RFC 7692 section 7.2.3, each a message "Hello" (or two of them).
constexpr std::string_view kHello = "\xf2\x48\xcd\xc9\xc9\x07\x00"sv;
constexpr std::string_view kHelloAgain = "\xf2\x00\x11\x00\x00"sv;
constexpr std::string_view kStored = "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"sv;
constexpr std::string_view kFinalBlock = "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"sv;
constexpr std::string_view kTwoBlocks = "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"sv;

}  // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_deflate)

BOOST_AUTO_TEST_CASE(inflates_the_examples_of_the_standard_at_every_cut) {
  for (const std::string_view example : {kHello, kStored, kFinalBlock, kTwoBlocks}) {
    for (const auto& pieces : every_cut(example)) {
      BOOST_TEST_CONTEXT(name_of_cut(pieces)) {
        Inflater inflater(15, true);
        std::string out;

        for (const auto piece : pieces) {
          BOOST_TEST((inflater.write(piece, out, kPlenty) == Status::ok));
        }

        BOOST_TEST((inflater.finish(out, kPlenty) == Status::ok));
        BOOST_TEST(out == "Hello");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(refers_to_earlier_messages_if_the_context_is_kept) {
  Inflater keeps(15, true);
  BOOST_TEST(inflated(keeps, kHello) == "Hello");
  BOOST_TEST(inflated(keeps, kHelloAgain) == "Hello");

  Inflater forgets(15, false);
  BOOST_TEST(inflated(forgets, kHello) == "Hello");
  std::string out;
  BOOST_TEST((forgets.write(kHelloAgain, out, kPlenty) == Status::invalid));
}

BOOST_AUTO_TEST_CASE(refers_to_earlier_messages_across_a_final_block) {
  Inflater inflater(15, true);
  BOOST_TEST(inflated(inflater, kFinalBlock) == "Hello");

  BOOST_TEST(inflated(inflater, kHelloAgain) == "Hello");
}

BOOST_AUTO_TEST_CASE(takes_a_message_that_ends_in_its_final_block) {
  Inflater inflater(15, true);

  BOOST_TEST(inflated(inflater, kFinalBlock.substr(0, 7)) == "Hello");
  BOOST_TEST(inflated(inflater, kHello) == "Hello");
}

BOOST_AUTO_TEST_CASE(takes_an_empty_message_in_either_form) {
  Inflater inflater(15, true);

  BOOST_TEST(inflated(inflater, "\0"sv) == "");
  BOOST_TEST(inflated(inflater, "") == "");
}

BOOST_AUTO_TEST_CASE(refuses_damaged_data) {
  Inflater inflater(15, true);
  std::string out;

  BOOST_TEST((inflater.write("\xFF\xFF\xFF", out, kPlenty) == Status::invalid));
}

BOOST_AUTO_TEST_CASE(refuses_data_that_ends_inside_a_block) {
  for (std::size_t size = 1; size + 1 < kStored.size(); ++size) {
    Inflater inflater(15, true);
    std::string out;
    BOOST_TEST((inflater.write(kStored.substr(0, size), out, kPlenty) == Status::ok));

    BOOST_TEST((inflater.finish(out, kPlenty) == Status::invalid) == (size > 1), size);
  }
}

BOOST_AUTO_TEST_CASE(refuses_references_beyond_the_agreed_window) {
  Deflater wide(15, true);
  const std::string random = noise(20 * 1024);
  const std::string bytes = compressed(wide, random + random);

  Inflater narrow(9, true);
  std::string out;

  BOOST_TEST((narrow.write(bytes, out, kPlenty) == Status::invalid));
}

BOOST_AUTO_TEST_CASE(stops_a_bomb_at_the_limit) {
  Deflater deflater(15, true);
  const std::string bomb = compressed(deflater, std::string(10'000'000, 'x'));
  BOOST_REQUIRE(bomb.size() < 20'000u);

  for (const std::size_t limit : {0u, 1u, 65'536u, 9'999'999u}) {
    Inflater inflater(15, true);
    std::string out;
    BOOST_TEST((inflater.write(bomb, out, limit) == Status::too_large));
    BOOST_TEST(out.size() <= limit);
  }
  Inflater inflater(15, true);
  std::string out;
  BOOST_TEST((inflater.write(bomb, out, 10'000'000) == Status::ok));
  BOOST_TEST((inflater.finish(out, 10'000'000) == Status::ok));
}

BOOST_AUTO_TEST_CASE(gives_back_what_was_compressed) {
  for (const int bits : {9, 12, 15}) {
    for (const bool keep : {true, false}) {
      BOOST_TEST_CONTEXT(bits << " bits, keep context " << keep) {
        Deflater deflater(bits, keep);
        Inflater inflater(bits, keep);
        for (const std::string& message :
             {std::string("x"), std::string("Hello"), std::string("Hello"),
              std::string(100'000, 'y'), noise(50'000), noise(50'000), noise(16 * 1024)}) {
          BOOST_TEST((inflated(inflater, compressed(deflater, message)) == message));
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(compresses_a_repeated_message_only_with_its_context) {
  const std::string message = noise(300);
  Deflater keeps(12, true);
  Deflater forgets(12, false);
  compressed(keeps, message);
  compressed(forgets, message);

  BOOST_TEST(compressed(keeps, message).size() < 50u);
  BOOST_TEST(compressed(forgets, message).size() >= 300u);
}

BOOST_AUTO_TEST_CASE(appends_to_what_is_there) {
  Deflater deflater(15, true);
  std::string out = "head";

  BOOST_TEST(deflater.compress("Hello", out));

  BOOST_TEST(out == "head" + std::string(kHello));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http::websocket
