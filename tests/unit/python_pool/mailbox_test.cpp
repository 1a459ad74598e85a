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
  const Mailbox worker(::dup(parent.fd()));
  std::string got;

  BOOST_TEST(parent.put_request("the request"));
  worker.take_request(11, got);

  BOOST_TEST(got == "the request");
}

BOOST_AUTO_TEST_CASE(keeps_replies_that_were_complete) {
  Mailbox parent;
  Mailbox worker(::dup(parent.fd()));
  parent.put_request("abc");
  std::string replies;

  worker.begin(1);
  worker.end(1, 3, "first");
  worker.begin(2);

  BOOST_TEST(parent.begun() == 2u);
  BOOST_TEST(parent.ended() == 1u);
  BOOST_TEST(parent.take_replies(3, replies));
  BOOST_TEST(replies == "first");
}

BOOST_AUTO_TEST_CASE(begins_nothing_after_revoke) {
  Mailbox parent;
  Mailbox worker(::dup(parent.fd()));
  parent.put_request("abc");
  worker.begin(1);

  BOOST_TEST(parent.revoke() == 1u);
  BOOST_TEST(!worker.begin(2));
  worker.end(1, 3, "first");

  BOOST_TEST(parent.ended() == 1u);
}

BOOST_AUTO_TEST_CASE(starts_afresh_with_the_next_request) {
  Mailbox parent;
  Mailbox worker(::dup(parent.fd()));
  parent.put_request("abc");
  worker.begin(1);
  worker.end(1, 3, "first");
  parent.revoke();

  parent.put_request("abcdef");

  BOOST_TEST(parent.begun() == 0u);
  BOOST_TEST(parent.ended() == 0u);
  BOOST_TEST(worker.begin(1));
}

BOOST_AUTO_TEST_CASE(gives_memory_of_a_large_submit_back) {
  Mailbox parent;
  const std::string large(3 * 1024 * 1024, 'x');

  parent.put_request(large);
  const std::size_t before = file_size(parent);
  parent.put_request("small");

  BOOST_TEST(before > large.size());
  BOOST_TEST(file_size(parent) < 16384u);
}

BOOST_AUTO_TEST_SUITE_END()
