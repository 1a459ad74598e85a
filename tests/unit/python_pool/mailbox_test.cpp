#include "pool/mailbox.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

using plughost::python::pool::Mailbox;

namespace {

std::size_t file_size(const Mailbox& box) {
  struct stat info{};
  ::fstat(box.fd(), &info);
  return static_cast<std::size_t>(info.st_size);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_pool_mailbox)

BOOST_AUTO_TEST_CASE(brings_a_request_to_the_other_side) {
  Mailbox parent;
  Mailbox worker(::dup(parent.fd()));
  std::string buffer;

  BOOST_TEST(parent.put_request("the request"));

  BOOST_TEST(worker.take_request(buffer) == "the request");
}

BOOST_AUTO_TEST_CASE(keeps_replies_that_were_complete) {
  Mailbox parent;
  Mailbox worker(::dup(parent.fd()));
  parent.put_request("abc");
  std::string buffer;
  std::string replies;

  worker.take_request(buffer);
  worker.begin(1);
  worker.end(1, "first");
  worker.begin(2);

  BOOST_TEST(parent.begun() == 2u);
  BOOST_TEST(parent.ended() == 1u);
  BOOST_TEST(parent.take_replies(replies));
  BOOST_TEST(replies == "first");
}

BOOST_AUTO_TEST_CASE(begins_nothing_after_revoke) {
  Mailbox parent;
  Mailbox worker(::dup(parent.fd()));
  parent.put_request("abc");
  worker.begin(1);

  BOOST_TEST(parent.revoke() == 1u);
  BOOST_TEST(!worker.begin(2));
  worker.end(1, "first");

  BOOST_TEST(parent.ended() == 1u);
}

BOOST_AUTO_TEST_CASE(starts_afresh_with_the_next_request) {
  Mailbox parent;
  Mailbox worker(::dup(parent.fd()));
  parent.put_request("abc");
  worker.begin(1);
  worker.end(1, "first");
  parent.revoke();

  parent.put_request("abcdef");

  BOOST_TEST(parent.begun() == 0u);
  BOOST_TEST(parent.ended() == 0u);
  BOOST_TEST(worker.begin(1));
}

BOOST_AUTO_TEST_CASE(carries_a_batch_of_any_size) {
  // Around the end of what is mapped: request and reply on either side of it, or across.
  for (const std::size_t request : {1, 60'000, 65'000, 70'000, 200'000}) {
    for (const std::size_t reply : {1, 5'000, 70'000}) {
      Mailbox parent;
      Mailbox worker(::dup(parent.fd()));
      const std::string sent(request, 'q');
      std::string buffer;
      std::string replies;

      BOOST_TEST(parent.put_request(sent));
      BOOST_TEST((worker.take_request(buffer) == sent));
      worker.end(1, std::string(reply, 'a'));
      worker.end(2, std::string(reply, 'b'));

      BOOST_TEST(parent.take_replies(replies));
      BOOST_TEST((replies == std::string(reply, 'a') + std::string(reply, 'b')));
    }
  }
}

BOOST_AUTO_TEST_CASE(gives_memory_of_a_large_batch_back) {
  Mailbox parent;
  const std::size_t empty = file_size(parent);
  const std::string large(3 * 1024 * 1024, 'x');

  parent.put_request(large);
  const std::size_t before = file_size(parent);
  parent.put_request("small");

  BOOST_TEST(before > large.size());
  BOOST_TEST(file_size(parent) == empty);
  BOOST_TEST(empty <= 65536u);
}

BOOST_AUTO_TEST_SUITE_END()
