#include <boost/test/unit_test.hpp>

#include "unit/config/config_file.hpp"

using plughost::config::testing::MistakeRow;
using plughost::config::testing::mistakes;

// What is wrong with settings and plugins. Every message is pinned, as users search for them.
namespace {

constexpr MistakeRow kRows[] = {
    {"no routes", "timeout: 5s\n",
     "routes.yaml: error: there are no 'routes'; add lines like 'GET /hello: native hello' under "
     "it\n"},
    {"unknown keys",
     "timout: 5s\nfoobar: 1\nthreads: { oi: 1 }\nlimits: { boddy: 1 }\n"
     "routes: {}\n",
     "routes.yaml:1:1: error: unknown key 'timout' (did you mean 'timeout'?)\n"
     "routes.yaml:2:1: error: unknown key 'foobar'; there are listen, admin, threads, timeout, "
     "plugin_timeout, limits, proxies, cors, shutdown, log, tls, plugins, plugin_dir and routes\n"
     "routes.yaml:3:12: error: unknown key 'oi' in 'threads' (did you mean 'io'?)\n"
     "routes.yaml:4:11: error: unknown key 'boddy' in 'limits' (did you mean 'body'?)\n"},
    {"keys of later versions",
     "watch: true\nlog: { access: json, file: x, access_file: y }\n"
     "routes: {}\n",
     "routes.yaml:1:1: error: 'watch' is not supported in this version; remove it\n"
     "routes.yaml:2:8: error: 'access' in 'log' is not supported in this version; remove it\n"
     "routes.yaml:2:22: error: 'file' in 'log' is not supported in this version; remove it\n"
     "routes.yaml:2:31: error: 'access_file' in 'log' is not supported in this version; remove "
     "it\n"},
    {"addresses of a list", "listen: [127.0.0.1:80, 80, 127.0.0.1:80, [a]]\nroutes: {}\n",
     "routes.yaml:1:24: error: '80' is not HOST:PORT; write it like 127.0.0.1:8000\n"
     "routes.yaml:1:28: error: '127.0.0.1:80' is there twice; remove one of the two\n"
     "routes.yaml:1:42: error: expected an address like 127.0.0.1:8000, not a list\n"},
    {"empty list of addresses", "listen: []\nroutes: {}\n",
     "routes.yaml:1:9: error: the list of addresses is empty; write one like 127.0.0.1:8000\n"},
    {"options of an address",
     "listen:\n"
     "  - { mode: 660 }\n"
     "  - { address: unix:/a, mod: 660 }\n"
     "  - { address: unix:/b, mode: 888 }\n"
     "  - { address: unix:/c, mode: rw }\n"
     "  - { address: 127.0.0.1:80, mode: \"0660\" }\n"
     "  - { address: 127.0.0.1:81, tls: no }\n"
     "  - { address: 127.0.0.1:82, tls: true }\n"
     "routes: {}\n",
     "routes.yaml:2:5: error: this listen address has no 'address'; add one like 'address: "
     "unix:/run/x.sock'\n"
     "routes.yaml:3:25: error: unknown key 'mod' of a listen address (did you mean 'mode'?)\n"
     "routes.yaml:4:31: error: '888' is not a file mode; write three octal digits, like "
     "\"0660\"\n"
     "routes.yaml:5:31: error: 'rw' is not a file mode; write three octal digits, like \"0660\"\n"
     "routes.yaml:6:36: error: '127.0.0.1:80' has no file; 'mode' is for unix: addresses only\n"
     "routes.yaml:7:35: error: 'no' is neither true nor false\n"
     "routes.yaml:8:16: error: '127.0.0.1:82' has 'tls: true', but there is no 'tls' with a "
     "certificate at the top of the file; add it\n"},
    {"proxies", "proxies: { trusted: [10.0.0.0/33, proxy.lan], headers: x-forward }\nroutes: {}\n",
     "routes.yaml:1:22: error: '10.0.0.0/33' is neither an IP address, a network like 10.0.0.0/8, "
     "nor 'unix' for clients of Unix sockets\n"
     "routes.yaml:1:35: error: 'proxy.lan' is neither an IP address, a network like 10.0.0.0/8, "
     "nor "
     "'unix' for clients of Unix sockets\n"
     "routes.yaml:1:56: error: 'x-forward' is not a kind of headers; write x-forwarded or "
     "forwarded "
     "(did you mean 'x-forwarded'?)\n"},
    {"proxies without a name", "proxies: { headers: forwarded }\nroutes: {}\n",
     "routes.yaml:1:10: error: 'proxies' has no 'trusted'; add it like 'trusted: [127.0.0.1]'\n"},
    {"origins", "cors: [a.example, \"https://a.example/\", \"null\", \"https://*\"]\nroutes: {}\n",
     "routes.yaml:1:8: error: 'a.example' is not an origin; write it like https://app.example, "
     "with "
     "its scheme\n"
     "routes.yaml:1:19: error: 'https://a.example/' is not an origin; it ends before the '/', like "
     "https://a.example\n"
     "routes.yaml:1:41: error: 'null' is not an origin to trust: every sandboxed page has it; "
     "remove it\n"
     "routes.yaml:1:49: error: 'https://*' is not an origin; write scheme and host, like "
     "https://app.example, or https://*.app.example\n"},
    {"options of cors",
     "cors: { orgins: \"*\", methods: [GTE], headers: \"a b\", credentials: 1, max_age: x }\n"
     "routes: {}\n",
     "routes.yaml:1:7: error: 'cors' has no 'origins'; add them like 'origins: "
     "[https://app.example]'\n"
     "routes.yaml:1:9: error: unknown key 'orgins' in 'cors' (did you mean 'origins'?)\n"
     "routes.yaml:1:32: error: 'GTE' is not a registered HTTP method (did you mean 'GET'?)\n"
     "routes.yaml:1:47: error: 'a b' is not the name of a header\n"
     "routes.yaml:1:67: error: '1' is neither true nor false\n"
     "routes.yaml:1:79: error: 'x' is not a duration; write a whole number with ms, s, m or h\n"},
    {"every origin with credentials", "cors: { origins: \"*\", credentials: true }\nroutes: {}\n",
     "routes.yaml:1:36: error: credentials for every origin would let any page act for its user; "
     "list the origins, or remove 'credentials'\n"},
    {"every origin and others", "cors: [\"*\", \"https://a.example\"]\nroutes: {}\n",
     "routes.yaml:1:7: error: '*' stands for every origin; write it alone\n"},
    {"bare port", "listen: 8000\nroutes: {}\n",
     "routes.yaml:1:9: error: '8000' is not HOST:PORT; write it like 127.0.0.1:8000\n"},
    {"bad units", "timeout: 5x\nlimits: { body: 10MB, keep_alive: 5sec }\nroutes: {}\n",
     "routes.yaml:1:10: error: '5x' is not a duration; write a whole number with ms, s, m or h\n"
     "routes.yaml:2:17: error: '10MB' is not a size; write bytes, or a whole number with KiB, MiB "
     "or GiB (did you mean '10MiB'?)\n"
     "routes.yaml:2:35: error: '5sec' is not a duration; write a whole number with ms, s, m or h "
     "(did you mean '5s'?)\n"},
    {"ranges",
     "threads: { io: 0, executor: 10001 }\nplugin_timeout: 0\n"
     "limits: { header_bytes: 127, connections: 0, headers: 10001, body_timeout: 0ms }\n"
     "shutdown: { timeout: 0s }\nroutes: {}\n",
     "routes.yaml:1:16: error: '0' is too small; at least 1\n"
     "routes.yaml:1:29: error: '10001' is too large; at most 10000\n"
     "routes.yaml:2:17: error: '0' is too small; at least 1ms\n"
     "routes.yaml:3:25: error: '127' is too small; at least 128\n"
     "routes.yaml:3:43: error: '0' is too small; at least 1\n"
     "routes.yaml:3:55: error: '10001' is too large; at most 10000\n"
     "routes.yaml:3:76: error: '0ms' is too small; at least 1ms\n"
     "routes.yaml:4:22: error: '0s' is too small; at least 1ms\n"},
    {"wrong shapes",
     "listen: {adress: b}\nthreads: 4\ntimeout: [5s]\nlimits: [1]\nplugins: native_plugin.so\n"
     "routes: []\n",
     "routes.yaml:1:9: error: this listen address has no 'address'; add one like 'address: "
     "unix:/run/x.sock'\n"
     "routes.yaml:1:10: error: unknown key 'adress' of a listen address (did you mean "
     "'address'?)\n"
     "routes.yaml:2:10: error: expected a mapping in 'threads' with keys like io and executor\n"
     "routes.yaml:3:10: error: expected a duration like 30s, not a list\n"
     "routes.yaml:4:9: error: expected a mapping in 'limits' with keys like header_bytes, body, "
     "buffered_bytes, connections, keep_alive, header_timeout, body_timeout, write_timeout, "
     "headers, pipeline_depth, queue, websocket_message and websocket_ping\n"
     "routes.yaml:5:10: error: 'plugins' must be a mapping with lines like 'native: "
     "native_plugin.so'\n"
     "routes.yaml:6:9: error: 'routes' must be a mapping with lines like 'GET /hello: native "
     "hello'\n"},
    {"nothing written", "listen:\ntimeout: ~\nlimits: { queue: \"\" }\nplugin_dir:\nroutes:\n",
     "routes.yaml:1:1: error: expected an address like 127.0.0.1:8000, but there is nothing; write "
     "one or remove the key\n"
     "routes.yaml:2:10: error: expected a duration like 30s, but there is nothing; write one or "
     "remove the key\n"
     "routes.yaml:3:18: error: expected a whole number, but there is nothing; write one or remove "
     "the key\n"
     "routes.yaml:4:1: error: expected the path of a folder, but there is nothing; write one or "
     "remove the key\n"},
    {"log level", "log: { level: warning }\nroutes: {}\n",
     "routes.yaml:1:15: error: 'warning' is not a log level; write debug, info, warn or error\n"},
    {"log level, near", "log: { level: Debug }\nroutes: {}\n",
     "routes.yaml:1:15: error: 'Debug' is not a log level; write debug, info, warn or error (did "
     "you mean 'debug'?)\n"},
    {"plugins",
     "plugins:\n  my plugin: a.so\n  a/b: a.so\n  none:\n  list: [a.so]\n  empty: {}\n"
     "  typo: { pth: a.so }\n  shape: { path: a.so, config: [1] }\n"
     "  number: { path: a.so, config: { a: [.inf], b: 1e999 } }\nroutes: {}\n",
     "routes.yaml:2:3: error: 'my plugin' is not a plugin name; use letters, digits, '_', '-' and "
     "'.'\n"
     "routes.yaml:3:3: error: 'a/b' is not a plugin name; use letters, digits, '_', '-' and '.'\n"
     "routes.yaml:4:3: error: expected the path of a .so file, but there is nothing; write one or "
     "remove the key\n"
     "routes.yaml:5:9: error: expected the path of a .so file, not a list\n"
     "routes.yaml:6:3: error: the plugin 'empty' has no 'path'; add the path of its .so file\n"
     "routes.yaml:7:3: error: the plugin 'typo' has no 'path'; add the path of its .so file\n"
     "routes.yaml:7:11: error: unknown key 'pth' of plugin 'typo' (did you mean 'path'?)\n"
     "routes.yaml:8:32: error: expected a mapping with the configuration of 'shape'\n"
     "routes.yaml:9:39: error: '.inf' is a number that JSON cannot hold; quote it to give the "
     "plugin a text\n"
     "routes.yaml:9:49: error: '1e999' is a number that JSON cannot hold; quote it to give the "
     "plugin a text\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_mistakes)

BOOST_AUTO_TEST_CASE(explains_each_with_its_place) {
  for (const MistakeRow& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) { BOOST_TEST(mistakes(row.yaml) == row.expected); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
