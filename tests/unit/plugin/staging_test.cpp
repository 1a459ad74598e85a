#include "plugin/staging.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

#include "plugin/content_hash.hpp"
#include "unit/plugin/temporary_folder.hpp"

using namespace plughost::plugin;

namespace {

constexpr const char* kHash = "0123456789abcdef0123456789abcdef";

mode_t mode_of(const std::filesystem::path& file) {
  struct stat status{};
  stat(file.c_str(), &status);
  return status.st_mode & 07777;
}

ino_t inode_of(const std::filesystem::path& file) {
  struct stat status{};
  stat(file.c_str(), &status);
  return status.st_ino;
}

std::size_t count_files(const std::filesystem::path& folder) {
  const auto all = std::filesystem::directory_iterator(folder);
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

/// Runs job in a child that may not write where root may. 0: it returned true.
template <typename Job>
int run_as_nobody(Job job) {
  const auto child = fork();
  if (child == 0) {
    unsetenv("XDG_RUNTIME_DIR");
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    _exit(job() ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(plugin_staging)

BOOST_AUTO_TEST_CASE(copies_beside_the_original_under_a_name_with_its_hash) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", "bytes");

  const auto staged = StagedFile::make(original);

  BOOST_TEST(staged.value().path() ==
             folder.path() / (".x.so." + content_hash("bytes") + ".staged"));
  BOOST_TEST(read_file(staged.value().path()) == "bytes");
  BOOST_TEST(count_files(folder.path()) == 2u);
}

BOOST_AUTO_TEST_CASE(makes_a_copy_that_nobody_may_write_and_no_more_may_read) {
  const TemporaryFolder folder;
  const auto open_one = folder.write("open.so", "bytes");
  const auto private_one = folder.write("private.so", "bytes");
  chmod(open_one.c_str(), 0777);
  chmod(private_one.c_str(), 0600);

  BOOST_TEST(mode_of(StagedFile::make(open_one).value().path()) == 0555u);
  BOOST_TEST(mode_of(StagedFile::make(private_one).value().path()) == 0400u);
}

BOOST_AUTO_TEST_CASE(keeps_the_copy_when_the_original_changes) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", "old");
  const auto old_one = StagedFile::make(original);

  folder.write("x.so", "new");
  const auto new_one = StagedFile::make(original);

  BOOST_TEST(read_file(old_one.value().path()) == "old");
  BOOST_TEST(read_file(new_one.value().path()) == "new");
}

BOOST_AUTO_TEST_CASE(uses_an_identical_copy_again) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", "bytes");
  const auto first = StagedFile::make(original);
  const auto inode = inode_of(first.value().path());

  const auto second = StagedFile::make(original);

  BOOST_TEST(second.value().path() == first.value().path());
  BOOST_TEST(inode_of(second.value().path()) == inode);
}

BOOST_AUTO_TEST_CASE(replaces_a_copy_whose_content_is_not_its_hash) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", "bytes");
  folder.write(".x.so." + content_hash("bytes") + ".staged", "other bytes");

  const auto staged = StagedFile::make(original);

  BOOST_TEST(read_file(staged.value().path()) == "bytes");
}

BOOST_AUTO_TEST_CASE(replaces_a_copy_that_others_may_write) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", "bytes");
  const auto loose = folder.write(".x.so." + content_hash("bytes") + ".staged", "bytes");
  chmod(loose.c_str(), 0666);

  const auto staged = StagedFile::make(original);

  BOOST_TEST((mode_of(staged.value().path()) & 0222) == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_follow_a_link_in_place_of_the_copy) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", "bytes");
  const auto elsewhere = folder.write("elsewhere", "bytes");
  std::filesystem::create_symlink(elsewhere,
                                  folder.path() / (".x.so." + content_hash("bytes") + ".staged"));

  const auto staged = StagedFile::make(original);

  BOOST_TEST(!std::filesystem::is_symlink(staged.value().path()));
}

BOOST_AUTO_TEST_CASE(removes_only_copies_that_nobody_uses) {
  const TemporaryFolder folder;
  const auto used = StagedFile::make(folder.write("x.so", "used"));
  const auto unused = folder.write(std::string(".x.so.") + kHash + ".staged", "");
  const auto draft = folder.write(std::string(".x.so.") + kHash + ".123-4.staged", "");

  remove_unused_staged_files(folder.path());

  BOOST_TEST(std::filesystem::exists(used.value().path()));
  BOOST_TEST(!std::filesystem::exists(unused));
  BOOST_TEST(!std::filesystem::exists(draft));
}

BOOST_AUTO_TEST_CASE(leaves_files_of_others_alone) {
  const TemporaryFolder folder;
  for (const auto* name : {"x.so", ".x.so.staged", ".x.so.0123.staged", "notes.staged",
                           ".0123456789abcdef0123456789abcdef.staged"}) {
    folder.write(name, "");
  }
  folder.write(std::string("x.so.") + kHash + ".staged", "");

  remove_unused_staged_files(folder.path());

  BOOST_TEST(count_files(folder.path()) == 6u);
}

BOOST_AUTO_TEST_CASE(survives_hosts_that_start_at_once) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", std::string(200000, 'x'));
  std::atomic<int> good{0};

  std::vector<std::thread> hosts;
  for (int i = 0; i < 4; ++i) {
    hosts.emplace_back([&] {
      for (int round = 0; round < 25; ++round) {
        const auto staged = StagedFile::make(original);
        remove_unused_staged_files(folder.path());
        if (staged && read_file(staged.value().path()).size() == 200000) ++good;
      }
    });
  }
  for (auto& host : hosts) host.join();

  BOOST_TEST(good == 100);
}

BOOST_AUTO_TEST_CASE(stages_privately_if_the_folder_is_read_only) {
  const TemporaryFolder folder;
  const auto original = folder.write("x.so", "bytes");
  chmod(folder.path().c_str(), 0555);

  const int result = run_as_nobody([&] {
    std::filesystem::path private_folder;
    {
      const auto staged = StagedFile::make(original);
      if (!staged || read_file(staged.value().path()) != "bytes") return false;
      private_folder = staged.value().path().parent_path();
      if (mode_of(private_folder) != 0700) return false;
    }
    return private_folder != folder.path() && !std::filesystem::exists(private_folder);
  });

  chmod(folder.path().c_str(), 0755);
  BOOST_TEST(result == 0);
}

BOOST_AUTO_TEST_CASE(says_why_a_file_cannot_be_staged) {
  BOOST_TEST(StagedFile::make("/nowhere/x.so").error() ==
             "cannot be staged: No such file or directory");
}

BOOST_AUTO_TEST_SUITE_END()
