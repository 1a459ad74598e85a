#pragma once

#include <algorithm>
#include <cstring>
#include <deque>
#include <string>
#include <string_view>

#include "net/socket.hpp"

namespace plughost::fuzz {

/// The other end of a connection, in memory.
struct Client {
  std::deque<std::string> sent;  ///< not yet received, piece by piece
  bool closed = false;           ///< sends nothing more
  std::size_t room = 0;          ///< how many bytes it takes before its window is full
  std::string received;
  bool saw_end = false;  ///< the server sends nothing more
};

/// The server's end; outlived by the client.
class FakeSocket final : public net::Socket {
 public:
  explicit FakeSocket(Client& client) : client_(client) {}

  Transfer receive(char* buffer, std::size_t size) noexcept override {
    if (client_.sent.empty()) return {client_.closed ? Status::closed : Status::blocked};
    std::string& piece = client_.sent.front();
    const std::size_t n = std::min(size, piece.size());
    std::memcpy(buffer, piece.data(), n);
    piece.erase(0, n);
    if (piece.empty()) client_.sent.pop_front();
    return {Status::ok, n, has_input()};
  }

  Transfer send(const iovec* parts, std::size_t count) noexcept override {
    std::size_t taken = 0;
    for (std::size_t i = 0; i < count && client_.room > 0; ++i) {
      const std::size_t n = std::min(parts[i].iov_len, client_.room);
      client_.received.append(static_cast<const char*>(parts[i].iov_base), n);
      client_.room -= n;
      taken += n;
    }
    return taken > 0 ? Transfer{Status::ok, taken} : Transfer{Status::blocked};
  }

  Transfer send_file(int, std::uint64_t, std::size_t) noexcept override { return {Status::failed}; }
  void shut_down_sending() noexcept override { client_.saw_end = true; }
  bool has_input() const noexcept override { return !client_.sent.empty() || client_.closed; }

 private:
  Client& client_;
};

}  // namespace plughost::fuzz
