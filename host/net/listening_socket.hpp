#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "net/unix_path.hpp"

namespace plughost::net {

inline constexpr int kBacklog = 4096;

/// One socket that clients connect to.
///
/// Owner: Listener. Threads: one at a time.
class ListeningSocket final {
 public:
  /// Takes the descriptor; unix_path is of its file, null if there is none of ours.
  ListeningSocket(int fd, std::size_t address, bool encrypts, std::unique_ptr<UnixPath> unix_path);
  ~ListeningSocket() { close(); }
  ListeningSocket(const ListeningSocket&) = delete;
  ListeningSocket& operator=(const ListeningSocket&) = delete;

  int fd() const { return fd_; }
  std::size_t address() const { return address_; }  ///< index of its entry in Config::listen
  bool is_tcp() const { return is_tcp_; }
  bool encrypts() const { return encrypts_; }  ///< its clients speak TLS
  /// What clients use: "http://127.0.0.1:8000" or "https://…", with the real port if 0 was asked
  /// for, or "unix:/run/x.sock".
  const std::string& url() const { return url_; }

  /// Nobody finds it by its path any more; who has connected already is not affected.
  void remove_path() noexcept;
  void close() noexcept;

 private:
  int fd_;
  const std::size_t address_;
  const bool encrypts_;
  std::unique_ptr<UnixPath> unix_path_;
  bool is_tcp_ = false;
  std::string url_;
};

}  // namespace plughost::net
