#include "builtin/static_files.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "support/fake_mailbox.hpp"
#include "unit/plugin/temporary_folder.hpp"

using namespace plughost;

namespace {

constexpr std::size_t kLarge = 16 * 1024 + 1;

struct Fixture {
  Fixture() {
    responder.add_pool(pool);
    settings.path = folder.path();
    folder.write("small.txt", "text");
    folder.write("large.txt", std::string(kLarge, 'x'));
  }

  dispatch::Request& ask(const std::string& name, std::string_view method = "GET") {
    auto& request = *pool.acquire();
    request.message.method = method;
    request.message.raw_path = "/x";
    request.match.params = {name};
    builtin::StaticFiles(responder, settings).handle(request);
    return request;
  }

  plugin::TemporaryFolder folder;
  config::StaticFiles settings;
  test::FakeMailbox mailbox;
  dispatch::RequestPool pool{0, mailbox};
  dispatch::Responder responder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(builtin_static_files, Fixture)

BOOST_AUTO_TEST_CASE(reads_a_small_file_at_once) {
  const auto& answer = ask("small.txt").answer;

  BOOST_TEST(answer.status == 200u);
  BOOST_TEST(answer.body == "text");
  BOOST_TEST(answer.file.fd == -1);
}

BOOST_AUTO_TEST_CASE(lends_a_large_file_until_it_is_sent) {
  auto& request = ask("large.txt");
  const int fd = request.answer.file.fd;

  BOOST_TEST(request.answer.file.length == kLarge);
  BOOST_TEST(::fcntl(fd, F_GETFD) != -1);
  pool.recycle(request);
  BOOST_TEST(::fcntl(fd, F_GETFD) == -1);
}

BOOST_AUTO_TEST_CASE(reads_nothing_for_head) {
  const auto& answer = ask("small.txt", "HEAD").answer;

  BOOST_TEST(answer.body == "");
  BOOST_TEST(answer.file.length == 4u);
}

BOOST_AUTO_TEST_CASE(tells_when_no_more_files_can_be_opened) {
  rlimit before{};
  BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit none = before;
  none.rlim_cur = 0;
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);

  const auto& answer = ask("small.txt").answer;

  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  BOOST_TEST(answer.status == 503u);
  BOOST_TEST(answer.headers.contains("retry-after"));
}

BOOST_AUTO_TEST_CASE(forbids_what_it_may_not_read) {
  std::filesystem::permissions(folder.path() / "small.txt", std::filesystem::perms(0));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  const auto before = ::geteuid();
  BOOST_REQUIRE(before != 0 || ::seteuid(65534) == 0);

  const auto& answer = ask("small.txt").answer;

  BOOST_REQUIRE(::seteuid(before) == 0);
  BOOST_TEST(answer.status == 403u);
}

BOOST_AUTO_TEST_CASE(prefers_a_file_to_its_fallback) {
  settings.fallback = "small.txt";

  BOOST_TEST(ask("nothing").answer.body == "text");
  BOOST_TEST(ask("large.txt").answer.file.length == kLarge);
}

BOOST_AUTO_TEST_SUITE_END()
