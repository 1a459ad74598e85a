#include "net/unix_path.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "unit/plugin/temporary_folder.hpp"

using plughost::net::UnixPath;

namespace {

class Socket final {
 public:
  Socket() : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int fd() const { return fd_; }

  bool can_connect(const std::filesystem::path& path) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    return ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }

 private:
  const int fd_;
};

struct Fixture {
  plughost::plugin::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "x.sock";

  std::string bind(UnixPath& file, const Socket& socket, std::optional<unsigned> mode = {}) const {
    return file.bind(socket.fd(), mode, 8);
  }
  unsigned mode() const {
    struct stat found {};
    ::lstat(path.c_str(), &found);
    return found.st_mode & 0777;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(net_unix_path, Fixture)

BOOST_AUTO_TEST_CASE(listens_and_removes_the_file_at_the_end) {
  {
    const Socket socket;
    UnixPath file(path);
    BOOST_TEST(bind(file, socket, 0600) == "");
    BOOST_TEST(Socket().can_connect(path));
    BOOST_TEST(mode() == 0600u);
  }

  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(leaves_the_mode_to_the_umask) {
  const Socket socket;
  UnixPath file(path);
  const auto old_mask = ::umask(0027);
  const std::string mistake = bind(file, socket);
  ::umask(old_mask);

  BOOST_TEST(mistake == "");
  BOOST_TEST(mode() == 0750u);
}

BOOST_AUTO_TEST_CASE(replaces_the_file_of_a_dead_server) {
  UnixPath dead_file(path);
  {
    const Socket dead;
    BOOST_TEST(bind(dead_file, dead) == "");
  }  // closed, as by a crash: the file stays
  BOOST_TEST(std::filesystem::exists(path));
  const Socket socket;
  UnixPath file(path);

  BOOST_TEST(bind(file, socket) == "");

  BOOST_TEST(Socket().can_connect(path));
}

BOOST_AUTO_TEST_CASE(leaves_a_living_server_alone) {
  const Socket living;
  UnixPath living_file(path);
  BOOST_TEST(bind(living_file, living) == "");
  {
    const Socket socket;
    UnixPath file(path);
    BOOST_TEST(bind(file, socket) == "another process listens there");
  }

  BOOST_TEST(Socket().can_connect(path));
}

BOOST_AUTO_TEST_CASE(knows_a_living_server_whose_queue_is_full) {
  const Socket living;
  UnixPath living_file(path);
  BOOST_TEST(living_file.bind(living.fd(), {}, 0) == "");
  const Socket waiting;
  BOOST_TEST(waiting.can_connect(path));
  const Socket socket;
  UnixPath file(path);

  BOOST_TEST(bind(file, socket) == "another process listens there");
}

BOOST_AUTO_TEST_CASE(leaves_other_files_alone) {
  std::ofstream(path) << "text";
  {
    const Socket socket;
    UnixPath file(path);
    BOOST_TEST(bind(file, socket) == "a file that is no socket lies there");
  }

  BOOST_TEST(std::filesystem::file_size(path) == 4u);
}

BOOST_AUTO_TEST_CASE(leaves_the_file_of_its_successor_alone) {
  const Socket old;
  UnixPath old_file(path);
  BOOST_TEST(bind(old_file, old) == "");
  std::filesystem::remove(path);
  const Socket socket;
  UnixPath file(path);
  BOOST_TEST(bind(file, socket) == "");

  old_file.remove();

  BOOST_TEST(Socket().can_connect(path));
}

BOOST_AUTO_TEST_CASE(says_why_a_folder_takes_no_socket) {
  const Socket socket;
  UnixPath file(folder.path() / "nowhere" / "x.sock");

  BOOST_TEST(bind(file, socket) == "No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
