// No process of a pool outlives the process that started it.
#include <fcntl.h>
#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>

#include "unit/python_pool/pool_fixture.hpp"

using namespace plughost::testing;

namespace {

/// pool_driver in a session of its own.
class Driver final {
 public:
  explicit Driver(const char* target) {
    int in[2];
    int out[2];
    if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
      throw std::runtime_error("pipe2 failed");
    }
    pid_ = ::fork();
    if (pid_ == 0) {
      ::setsid();
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      ::execl(PLUGHOST_POOL_DRIVER, PLUGHOST_POOL_DRIVER, target, nullptr);
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
  }
  ~Driver() {
    if (pid_ > 0) kill();
    ::close(input_);
    ::close(output_);
  }
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;

  pid_t session() const { return session_ == 0 ? pid_ : session_; }
  bool is_ready() const {
    char text[6];
    return ::read(output_, text, sizeof(text)) == 6;
  }
  void send(const std::string& line) const {
    BOOST_TEST_REQUIRE(::write(input_, line.data(), line.size()) ==
                       static_cast<ssize_t>(line.size()));
  }
  void kill() {
    ::kill(pid_, SIGKILL);
    reap();
  }
  int end_of_input() {
    ::close(input_);
    input_ = -1;
    return reap();
  }
  bool no_process_is_left() const {
    return wait_until([this] { return count_in_session(session()) == 0; });
  }

 private:
  int reap() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    session_ = pid_;
    pid_ = 0;
    return status;
  }
  pid_t pid_ = 0;
  pid_t session_ = 0;
  int input_ = -1;
  int output_ = -1;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_pool_orphans)

BOOST_AUTO_TEST_CASE(none_after_an_orderly_end) {
  Driver driver("pool_handlers:pid");
  BOOST_TEST_REQUIRE(driver.is_ready());

  BOOST_TEST(driver.end_of_input() == 0);

  BOOST_TEST(driver.no_process_is_left());
}

BOOST_AUTO_TEST_CASE(none_after_kill_of_an_idle_parent) {
  Driver driver("pool_handlers:pid");
  BOOST_TEST_REQUIRE(driver.is_ready());

  driver.kill();

  BOOST_TEST(driver.no_process_is_left());
}

BOOST_AUTO_TEST_CASE(none_after_kill_while_handlers_run) {
  const Folder folder;
  Driver driver("pool_handlers:hold");
  BOOST_TEST_REQUIRE(driver.is_ready());
  driver.send("started=" + folder.file("x") + "&gate=" + folder.file("gate") + "\n");
  BOOST_TEST_REQUIRE(folder.wait_for_pid("x") != 0);

  driver.kill();

  BOOST_TEST(driver.no_process_is_left());
}

BOOST_AUTO_TEST_CASE(none_after_kill_while_workers_import) {
  // Driver, resource tracker, fork server and two workers that never finish their import.
  Driver driver("pool_hangs_at_import:answer");
  BOOST_TEST_REQUIRE(wait_until([&] { return count_in_session(driver.session()) == 5; }));

  driver.kill();

  BOOST_TEST(driver.no_process_is_left());
}

BOOST_AUTO_TEST_CASE(none_after_kill_at_any_stage_of_the_start) {
  for (std::size_t processes = 1; processes <= 5; ++processes) {
    Driver driver("pool_handlers:pid");
    BOOST_TEST_REQUIRE(wait_until([&] { return count_in_session(driver.session()) >= processes; }));

    driver.kill();

    BOOST_TEST(driver.no_process_is_left(), "killed with " << processes << " processes");
  }
}

BOOST_AUTO_TEST_CASE(workers_ignore_an_interrupt_from_the_terminal) {
  const Folder folder;
  Driver driver("pool_handlers:hold");
  BOOST_TEST_REQUIRE(driver.is_ready());
  driver.send("started=" + folder.file("x") + "&gate=" + folder.file("gate") + "\n");
  const pid_t worker = folder.wait_for_pid("x");

  const auto of_session = living_processes();
  for (const LivingProcess& process : of_session) {
    if (process.session == driver.session() && process.pid != driver.session()) {
      ::kill(process.pid, SIGINT);
    }
  }
  folder.create("gate");

  BOOST_TEST(driver.end_of_input() == 0);
  BOOST_TEST(worker != 0);
  BOOST_TEST(driver.no_process_is_left());
}

BOOST_AUTO_TEST_SUITE_END()
