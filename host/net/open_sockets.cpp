#include "net/open_sockets.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.hpp"
#include "config/listen_address.hpp"

namespace plughost::net {
namespace {

using config::ListenAddress;
using Kind = ListenAddress::Kind;

/// A descriptor, or why there is none.
using Opened = Result<int>;

bool is_ipv6(const ListenAddress& address) { return address.host.find(':') != std::string::npos; }

/// True if another entry has the same port on IPv4.
///
/// Rationale: [::] takes IPv4 clients too, as nearly every server does, and unlike what the sysctl
/// bindv6only may say; beside 0.0.0.0 on the same port that would be "address already in use".
bool has_ipv4_twin(const std::vector<ListenAddress>& all, const ListenAddress& address) {
  return std::any_of(all.begin(), all.end(), [&](const ListenAddress& other) {
    return other.kind == Kind::tcp && other.port == address.port && !is_ipv6(other);
  });
}

Opened failure(int fd) {
  const std::string why = std::strerror(errno);
  if (fd >= 0) ::close(fd);
  return Opened::failure(why);
}

Opened open_tcp(const addrinfo& found, bool only_ipv6) {
  const int fd = ::socket(found.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return failure(fd);
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (found.ai_family == AF_INET6) {
    const int only = only_ipv6 ? 1 : 0;
    ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
  }
  if (::bind(fd, found.ai_addr, found.ai_addrlen) != 0 || ::listen(fd, kBacklog) != 0) {
    return failure(fd);
  }
  return fd;
}

Opened open_tcp(const config::Config& config, const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int code =
      ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
  if (code != 0) return Opened::failure(::gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  const bool only_ipv6 = has_ipv4_twin(config.listen, address);
  Opened opened = Opened::failure("no address");
  for (const auto* next = found; next != nullptr && !opened; next = next->ai_next) {
    opened = open_tcp(*next, only_ipv6);
  }
  return opened;
}

int option_of(int fd, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

/// Empty if clients can connect to it by a stream, else what it is instead.
std::string mistake_of(const InheritedSocket& socket) {
  const int domain = option_of(socket.fd, SO_DOMAIN);
  const bool is_stream = option_of(socket.fd, SO_TYPE) == SOCK_STREAM &&
                         (domain == AF_INET || domain == AF_INET6 || domain == AF_UNIX);
  if (is_stream && option_of(socket.fd, SO_ACCEPTCONN) == 1) return "";
  return "the socket '" + socket.name +
         "' that systemd passed is not a listening stream socket; its .socket unit needs "
         "ListenStream= and Accept=no";
}

/// thing: "address" or "path".
std::string advice(const ListenAddress& address, const std::string& thing) {
  const std::string setting = address.setting;
  return "; choose another " + thing + " with `" + setting + "` or --" + setting +
         (setting == config::kAdminSetting ? ", or none to do without" : "");
}

/// Opens what one configuration asks for.
class Opener final {
 public:
  Opener(const config::Config& config, std::vector<InheritedSocket> inherited)
      : config_(config), inherited_(std::move(inherited)) {}
  ~Opener() {
    for (const InheritedSocket& socket : inherited_) ::close(socket.fd);
  }
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

  std::vector<std::unique_ptr<ListeningSocket>> open() {
    for (std::size_t i = 0; i < config_.listen.size(); ++i) open_one(i);
    for (std::size_t i = 0; i < config_.listen.size(); ++i) {
      if (is_rest(config_.listen[i])) take_inherited(i);
    }
    if (!mistakes_.empty()) throw StartError(ExitCode::cannot_listen, std::move(mistakes_));
    for (const InheritedSocket& socket : inherited_) {
      log::warn("systemd passed the socket '" + socket.name +
                "', but `listen` does not name it; it is closed");
    }
    return std::move(sockets_);
  }

 private:
  static bool is_rest(const ListenAddress& address) {
    return address.kind == Kind::inherited && address.name.empty();
  }

  void open_one(std::size_t index) {
    const ListenAddress& address = config_.listen[index];
    if (address.kind == Kind::inherited) {
      if (!is_rest(address)) take_inherited(index);
    } else if (address.kind == Kind::unix_socket) {
      open_unix(index);
    } else if (const Opened opened = open_tcp(config_, address)) {
      add(opened.value(), index, nullptr);
    } else {
      refuse(address, opened.error() + advice(address, "address"));
    }
  }

  void open_unix(std::size_t index) {
    const ListenAddress& address = config_.listen[index];
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return refuse(address, std::strerror(errno));
    auto path = std::make_unique<UnixPath>(address.path);
    const std::string why = path->bind(fd, address.mode, kBacklog);
    if (!why.empty()) {
      path.reset();
      ::close(fd);
      return refuse(address, why + advice(address, "path"));
    }
    add(fd, index, std::move(path));
  }

  /// The sockets that the entry names, or all that are left.
  void take_inherited(std::size_t index) {
    const ListenAddress& address = config_.listen[index];
    std::vector<InheritedSocket> left;
    const std::size_t before = sockets_.size();
    const std::size_t mistakes_before = mistakes_.size();
    for (InheritedSocket& socket : std::exchange(inherited_, {})) {
      if (!address.name.empty() && address.name != socket.name) {
        left.push_back(std::move(socket));
      } else if (const std::string mistake = mistake_of(socket); !mistake.empty()) {
        ::close(socket.fd);
        refuse(address, mistake);
      } else {
        ::fcntl(socket.fd, F_SETFL, ::fcntl(socket.fd, F_GETFL) | O_NONBLOCK);
        add(socket.fd, index, nullptr);
      }
    }
    inherited_ = std::move(left);
    if (sockets_.size() == before && mistakes_.size() == mistakes_before) {
      refuse(address,
             "systemd passed no such socket; start this by a .socket unit, or choose another "
             "address with `listen` or --listen");
    }
  }

  void add(int fd, std::size_t index, std::unique_ptr<UnixPath> path) {
    const bool encrypts = config_.tls && config_.listen[index].wants_tls();
    sockets_.push_back(std::make_unique<ListeningSocket>(fd, index, encrypts, std::move(path)));
  }

  void refuse(const ListenAddress& address, const std::string& why) {
    mistakes_.push_back({config_.file, address.position,
                         "cannot listen on " + config::to_string(address) + ": " + why});
  }

  const config::Config& config_;
  std::vector<InheritedSocket> inherited_;
  std::vector<std::unique_ptr<ListeningSocket>> sockets_;
  std::vector<Diagnostic> mistakes_;
};

}  // namespace

std::vector<std::unique_ptr<ListeningSocket>> open_sockets(const config::Config& config,
                                                           std::vector<InheritedSocket> inherited) {
  return Opener(config, std::move(inherited)).open();
}

}  // namespace plughost::net
