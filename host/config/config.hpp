#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/ip_network.hpp"
#include "base/log.hpp"

/// What routes.yaml says, as plain values: defaults filled in, units resolved, places kept.
namespace plughost::config {

using std::chrono::milliseconds;

/// Where the values of a JSON object given to a plugin stand in the file, by JSON pointer
/// ("" is the object itself, "/pools/default/workers" a value deep in it).
using Positions = std::map<std::string, SourcePosition>;

using PatternCheck = std::function<std::string(std::string_view pattern)>;
using HeaderCheck = std::function<std::string(std::string_view name, std::string_view value)>;
using RedirectCheck = std::function<std::string(std::string_view target, std::string_view pattern)>;

/// What other layers say is wrong with a text of the file; empty: nothing. Each may be missing.
struct Checks {
  PatternCheck pattern;
  HeaderCheck header;
  RedirectCheck redirect;
};

/// What an address was given by, for messages: the key, and with dashes the flag.
inline constexpr const char* kListenSetting = "listen";
inline constexpr const char* kAdminSetting = "admin";

/// One entry of `listen`, with what holds for the connections accepted there.
struct ListenAddress {
  enum class Kind {
    tcp,
    unix_socket,
    inherited,  ///< sockets that systemd made before this process began
  };

  Kind kind = Kind::tcp;
  std::string host = "127.0.0.1";  ///< tcp: IPv4 or IPv6 address or a name, without brackets
  std::uint16_t port = 8000;       ///< tcp; 0: any free port
  std::filesystem::path path;      ///< unix_socket: absolute in a Config
  std::optional<unsigned> mode;    ///< unix_socket: of its file; none: as the umask says
  std::string name;                ///< inherited: FileDescriptorName; empty: all others
  bool proxy_protocol = false;     ///< a proxy says first who the client is
  std::optional<bool> tls;         ///< only where the file has `tls`
  SourcePosition position;
  const char* setting = kListenSetting;

  /// What holds where the file has `tls`: clients of a Unix socket are on this machine.
  bool wants_tls() const { return tls.value_or(kind != Kind::unix_socket); }
};

inline ListenAddress default_admin_address() {
  ListenAddress address;
  address.port = 8001;
  address.setting = kAdminSetting;
  return address;
}

/// A request's token has 8 bits for its I/O thread.
inline constexpr unsigned kMaxIoThreads = 255;

/// Clients beyond Limits::connections that are told so and may take a moment to read it; those
/// beyond them are told and closed at once.
inline constexpr unsigned kTurnedAwayAtOnce = 128;

struct Threads {
  unsigned io = 0;  ///< 0: one for each core
  unsigned executor = 16;
};

struct Limits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t headers = 100;
  std::uint64_t body = 10ull * 1024 * 1024;
  std::uint64_t buffered_bytes = 256ull * 1024 * 1024;  ///< all request bodies held at once
  std::size_t connections = 10000;
  milliseconds keep_alive{75000};
  milliseconds header_timeout{10000};
  milliseconds body_timeout{30000};
  milliseconds write_timeout{30000};
  std::size_t pipeline_depth = 16;
  std::size_t queue = 4096;  ///< requests waiting for an executor thread
  std::uint64_t websocket_message = 1024 * 1024;
  milliseconds websocket_ping{20000};  ///< 0: silent clients are not pinged
};

struct Shutdown {
  milliseconds delay{0};
  milliseconds linger{250};
  milliseconds timeout{30000};
};

/// A file that stands in routes.yaml.
struct FileName {
  std::string path;  ///< absolute
  SourcePosition position;
};

struct Certificate {
  FileName cert;                   ///< PEM: the server's own certificate, then intermediate ones
  FileName key;                    ///< PEM
  std::vector<std::string> names;  ///< lower case, `*.` in front allowed; empty: its own names
  SourcePosition position;
};

enum class ClientAuth {
  none,
  optional,  ///< a client may come without a certificate, not with a wrong one
  required,
};

struct Tls {
  enum class Version { v1_2, v1_3 };

  std::vector<Certificate> certificates;  ///< the first is for clients that ask for no other
  std::optional<FileName> client_ca;      ///< PEM; there is one unless client_auth is none
  ClientAuth client_auth = ClientAuth::none;
  Version min_version = Version::v1_2;
};

struct Plugin {
  std::string name;
  std::string path;         ///< as written (of plugin_dir: absolute); plugin::locate() finds it
  std::string config_json;  ///< always a JSON object
  Positions config_positions;
  SourcePosition position;
};

/// Whose word about clients is taken.
struct Proxies {
  std::vector<IpNetwork> trusted;
  bool trusts_unix = false;          ///< clients of Unix sockets
  bool uses_standard_field = false;  ///< Forwarded, not X-Forwarded-*
};

/// Which pages of other origins may use a route.
struct Cors {
  std::vector<std::string> origins;    ///< lower case; "https://*.b.example" for one label
  bool any_origin = false;             ///< then origins is empty and credentials false
  std::string methods;                 ///< "GET, POST"; empty: whatever the route takes
  std::optional<std::string> headers;  ///< "x-a, x-b"; none: whatever is asked for
  std::string expose;                  ///< as headers, or "*"; empty: none
  bool credentials = false;
  std::optional<std::chrono::seconds> max_age;
};

struct Redirect {
  std::string target;
  unsigned status = 308;
};

struct FixedAnswer {
  unsigned status = 200;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< in order, the type among them
};

struct StaticFiles {
  std::filesystem::path path;        ///< absolute; a folder, or the one file that there is
  std::string index = "index.html";  ///< sent for a folder; empty: nothing is
  std::string fallback;              ///< sent for what is not there, relative to path; empty: 404
  bool symlinks = false;             ///< those that lead out of the folder are followed
  bool precompressed = true;         ///< NAME.br, NAME.zst and NAME.gz are sent in place of NAME
  std::optional<std::chrono::seconds> max_age;
};

/// What answers is a plugin's handler, a redirect, a fixed answer or files.
struct Route {
  std::vector<std::string> methods;  ///< upper case, unique; empty: ANY
  std::string pattern;               ///< as written: a path, or a host and a path
  std::string plugin;                ///< empty: not a plugin
  std::string handler;
  std::optional<Redirect> redirect;
  std::optional<FixedAnswer> respond;
  std::optional<StaticFiles> files;  ///< `static`
  milliseconds timeout{0};           ///< 0: none; the file's default is filled in
  std::uint64_t body = 0;            ///< bytes of one request; the file's default is filled in
  std::uint64_t max_in_flight = 0;   ///< requests at once; 0: no limit
  std::shared_ptr<const Cors> cors;  ///< null: none; the file's default is filled in
  std::vector<std::string> codings;  ///< `compress`, the favourite first; empty: none
  std::string options_json;          ///< the keys the host does not know, always a JSON object
  Positions options_positions;
  SourcePosition position;         ///< of the route's key
  SourcePosition target_position;  ///< of what answers
  std::string origin;              ///< where code declares it, "app.py:12"; empty: in the file
};

/// The value of a key at the top of the file, to see whether it has changed.
struct FixedSetting {
  std::string json;
  SourcePosition position;
};
using FixedSettings = std::map<std::string, FixedSetting>;

/// What is wrong with a file that has no `routes` and no plugin that declares some.
inline constexpr char kNoRoutes[] =
    "there are no 'routes'; add lines like 'GET /hello: native hello' under it";

struct Config {
  std::string file;                 ///< as named on the command line
  std::filesystem::path directory;  ///< relative paths in the file are relative to this
  std::vector<ListenAddress> listen{ListenAddress{}};            ///< at least one
  std::optional<ListenAddress> admin = default_admin_address();  ///< none: off
  Threads threads;
  milliseconds timeout{60000};
  milliseconds plugin_timeout{60000};
  Limits limits;
  std::optional<Proxies> proxies;    ///< none: nobody is trusted
  std::shared_ptr<const Cors> cors;  ///< of routes that do not say otherwise; null: none
  Shutdown shutdown;
  log::Level log_level = log::Level::info;
  std::optional<Tls> tls;       ///< nothing: plain HTTP
  std::vector<Plugin> plugins;  ///< in file order, then those of plugin_dir by name
  std::vector<Route> routes;    ///< in file order
  FixedSettings fixed;          ///< what only a restart can change
  bool has_routes = true;       ///< the file has `routes`; else plugins must declare some
};

}  // namespace plughost::config
